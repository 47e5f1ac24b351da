/// The host names that the sandbox answers for, each with its port for TLS, 443.
package struct ServedNames: Sendable, Hashable {
  /// As in a certificate: lower case, and a `*` in place of the first label stands for one label.
  package let patterns: [String]
  /// For users: the domains of the patterns.
  package let summary: String
  private let exact: Set<String>

  /// - Parameter summary: such as `*.googleapis.com and *.pkg.dev`.
  package init(_ patterns: [String], summary: String) {
    self.patterns = patterns
    self.summary = summary
    exact = Set(patterns)
  }

  /// Whether a text is a host name (RFC 1123, 2.1), in lower case, that matches a pattern.
  func contains(_ host: String) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard host.utf8.count <= 253, labels.allSatisfy({ Self.isLabel($0) }) else { return false }
    let parent = labels.dropFirst().joined(separator: ".")
    return exact.contains(host) || (labels.count > 1 && exact.contains("*.\(parent)"))
  }

  private static func isLabel(_ label: Substring) -> Bool {
    (1...63).contains(label.utf8.count) && label.utf8.first != 0x2D && label.utf8.last != 0x2D
      && label.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
      }
  }
}
