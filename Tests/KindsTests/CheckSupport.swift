import JSON
import Kinds
import Model

/// The findings of a kind about a `spec` in JSON, as lines `error PATH: MESSAGE`, `warning PATH: MESSAGE`.
func found(_ kind: any Kind, _ json: String) throws -> [String] {
  let spec = try JSONValue(parsing: Array(json.utf8)).object ?? [:]
  return kind.check(spec).map {
    "\($0.isWarning ? "warning" : "error") \($0.path): \($0.message)"
  }
}
