package import Diagnostics

/// Suggests corrections of misspelt words, within bounds.
///
/// The first searches compare a word with every candidate. A set with thousands of mistakes and names would take
/// minutes that way, so later searches compare only nearby candidates.
package struct Spelling {
  /// How many candidates of large vocabularies are still compared one by one.
  private var comparisons = 20_000

  /// A budget of 20,000 comparisons.
  package init() {}

  /// The nearest of the candidates.
  package mutating func match(
    _ word: String, in candidates: Vocabulary, skipsSame: Bool = false
  ) -> Vocabulary.Match? {
    let isConfined = candidates.count > Vocabulary.smallCount && comparisons <= 0
    if candidates.count > Vocabulary.smallCount, !isConfined { comparisons -= candidates.count }
    return candidates.match(word, isConfined: isConfined, skipsSame: skipsSame)
  }
}

extension DiagnosticSink {
  /// The candidate that was probably meant; nil if none is near. For a few candidates that are known beforehand.
  package func nearest(to word: String, in candidates: [String]) -> String? {
    nearest(to: word, in: Vocabulary(candidates))
  }

  /// The same, among candidates that are searched again and again.
  package func nearest(
    to word: String, in candidates: Vocabulary, skipsSame: Bool = false
  ) -> String? {
    match(word, in: candidates, skipsSame: skipsSame)?.candidate
  }

  /// The nearest of all candidates of several vocabularies.
  package func nearest(to word: String, in vocabularies: [Vocabulary]) -> String? {
    let found = vocabularies.compactMap { match(word, in: $0) }
    guard let best = found.min(by: { $0.distance < $1.distance }) else { return nil }
    // If one word is only a prefix of the other, the match must be unique.
    return best.distance == .max && found.count > 1 ? nil : best.candidate
  }

  private func match(
    _ word: String, in candidates: Vocabulary, skipsSame: Bool = false
  ) -> Vocabulary.Match? {
    let before = candidates.steps
    defer { step(candidates.steps - before) }
    return spelling.match(word, in: candidates, skipsSame: skipsSame)
  }

  /// `did you mean ...?`, or nothing.
  package func suggestion(for word: String, in candidates: [String]) -> String {
    Self.question(nearest(to: word, in: candidates))
  }

  /// The same, among candidates that are searched again and again.
  package func suggestion(
    for word: String, in candidates: Vocabulary, skipsSame: Bool = false
  ) -> String {
    Self.question(nearest(to: word, in: candidates, skipsSame: skipsSame))
  }

  /// The same, among several vocabularies.
  package func suggestion(for word: String, in vocabularies: [Vocabulary]) -> String {
    Self.question(nearest(to: word, in: vocabularies))
  }

  private static func question(_ word: String?) -> String {
    word.map { "did you mean `\($0)`?" } ?? ""
  }
}
