import Diagnostics
import JSON
import YAML

extension YAMLNode {
  /// Its kind, for messages: `a list`.
  var shape: String {
    switch content {
    case .scalar(let scalar): scalar.isNull ? "nothing" : "text"
    case .sequence: "a list"
    case .mapping: "a map"
    }
  }

  /// As JSON: every scalar is a string, as variables are.
  var json: JSONValue {
    switch content {
    case .scalar(let scalar): return scalar.isNull ? .null : .string(scalar.text)
    case .sequence(let items): return .array(items.map(\.json))
    case .mapping(let pairs):
      var object = JSONObject()
      for pair in pairs { object[pair.key] = pair.value.json }
      return .object(object)
    }
  }

  /// Whether any scalar or key in it holds `${`.
  var mayHaveVariables: Bool {
    switch content {
    case .scalar(let scalar): Template.mayHaveVariables(scalar.text)
    case .sequence(let items): items.contains { $0.mayHaveVariables }
    case .mapping(let pairs):
      pairs.contains { Template.mayHaveVariables($0.key) || $0.value.mayHaveVariables }
    }
  }
}
