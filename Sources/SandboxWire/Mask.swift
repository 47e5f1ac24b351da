/// A field mask: paths in camel case.
package struct Mask: Sendable {
  /// In the order in which they were sent.
  package let paths: [String]

  /// Nil if the mask is missing or empty.
  package init?(_ text: String?) {
    guard let text, !text.isEmpty else { return nil }
    paths = text.split(separator: ",").map { part in
      part.split(separator: ".").map { Query.camelCase(String($0).trimmingSpaces()) }
        .joined(separator: ".")
    }
    if paths.isEmpty { return nil }
  }

  /// Whether the mask includes a path, or all of them.
  package func contains(_ path: String) -> Bool { paths.contains(path) || paths.contains("*") }

  /// Refuses paths that are not in `known`.
  package func check(known: Set<String>) throws(APIError) {
    for path in paths where path != "*" && !known.contains(path) {
      throw .badField("update_mask", "Invalid update mask path: \(path)")
    }
  }
}

extension String {
  /// The text without white space at both ends.
  package func trimmingSpaces() -> String {
    // What begins and ends with printing ASCII has none.
    if let first = utf8.first, let last = utf8.last, 0x21...0x7E ~= first, 0x21...0x7E ~= last {
      return self
    }
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
