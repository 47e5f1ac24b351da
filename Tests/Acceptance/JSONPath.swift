import JSON

/// A place in a JSON document: `summary.create`, `changes[0]`, `bindings[role=roles/viewer].members`.
struct JSONPath {
  let text: String

  /// The value at this place of a document; nil if there is none.
  func value(in document: JSONValue) throws -> JSONValue? {
    var value: JSONValue? = document
    var rest = text[...]
    while !rest.isEmpty {
      if let match = rest.prefixMatch(of: /\[(\d+)\]/) {
        let index = Int(match.1) ?? 0
        value = value?.array.flatMap { index < $0.count ? $0[index] : nil }
        rest = rest[match.range.upperBound...]
      } else if let match = rest.prefixMatch(of: /\[(\w+)=(.*?)\](?=$|\.|\[)/) {
        let (key, text) = (String(match.1), String(match.2))
        value = value?.array?.first { $0[key]?.string == text }
        rest = rest[match.range.upperBound...]
      } else if let match = rest.prefixMatch(of: /\.?(?:([^.\[]+)|\["(.*?)"\])/) {
        value = value?[String(match.1 ?? match.2 ?? "")]
        rest = rest[match.range.upperBound...]
      } else {
        throw StoryFailure("`\(text)` is not a place in JSON: cannot read `\(rest)`")
      }
    }
    return value
  }
}
