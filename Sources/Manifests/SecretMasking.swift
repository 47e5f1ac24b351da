/// Hides what looks like a secret in a text that a report shows, such as the name of something that no manifest can hold.
package enum SecretMasking {
  /// The text with `(not shown)` in place of each part that has the form of a token or of key material.
  package static func masked(_ text: String) -> String {
    guard SecretScan.problem(in: text) != nil else { return text }
    let words = masked(text, at: " ") { masked($0, at: "/") { masked($0, at: ":") { $0 } } }
    // A secret of several words.
    return SecretScan.problem(in: words) == nil ? words : HiddenText.mark
  }

  private static func masked(
    _ text: String, at separator: Character, _ inner: (String) -> String
  ) -> String {
    text.split(separator: separator, omittingEmptySubsequences: false).map { part in
      let part = String(part)
      guard SecretScan.problem(in: part) != nil else { return part }
      let rest = inner(part)
      return SecretScan.problem(in: rest) == nil ? rest : HiddenText.mark
    }.joined(separator: String(separator))
  }
}
