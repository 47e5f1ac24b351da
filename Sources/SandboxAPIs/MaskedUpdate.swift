import JSON
import SandboxWire

/// A PATCH with an update mask, for any message: only what the mask names changes.
struct MaskedUpdate {
  let message: MessageType
  /// The name of the message in errors, such as `Repository`.
  let name: String
  /// The members that `*` skips, because they cannot change.
  let constant: Set<String>

  /// The stored fields after the change.
  ///
  /// - Parameters:
  ///   - mask: the query's `updateMask`; without one, whatever the body sets changes.
  ///   - sent: the body, as `message` reads it.
  func apply(
    mask: String?, sent: JSONObject, to old: JSONObject
  ) throws(APIError) -> JSONObject {
    var new = old
    for path in try paths(mask, sent) {
      let parts = path.split(separator: ".").map(String.init)
      var value: JSONValue? = .object(sent)
      for part in parts { value = value?[part] }
      Self.set(value, at: parts[...], in: &new)
    }
    return new
  }

  /// The paths that change.
  private func paths(_ mask: String?, _ sent: JSONObject) throws(APIError) -> [String] {
    guard let mask = Mask(mask) else { return sent.keys.filter { $0 != "name" } }
    if mask.paths.contains("*") {
      return message.fields.filter { !$0.value.isOutputOnly && !constant.contains($0.key) }
        .keys.sorted()
    }
    var result: [String] = []
    for path in mask.paths {
      guard let field = message.field(at: path) else {
        throw .badField("update_mask", "Invalid update mask: no field \"\(path)\" in \(name).")
      }
      if !field.isOutputOnly && path != "name" { result.append(path) }
    }
    return result
  }

  /// Sets or removes one value. A message that does not exist is created only for a value.
  private static func set(
    _ value: JSONValue?, at path: ArraySlice<String>, in object: inout JSONObject
  ) {
    guard let first = path.first else { return }
    if path.count == 1 {
      object[first] = value
      return
    }
    var inner = object[first]?.object ?? [:]
    set(value, at: path.dropFirst(), in: &inner)
    if value != nil || object[first] != nil { object[first] = .object(inner) }
  }
}
