import Diagnostics

/// What misspelt words were probably meant to be, within bounds.
///
/// Each word is held against every candidate, so that a large set with a mistake in each document would take minutes.
struct Spelling {
  /// How many candidates are still looked at: enough for every word of a set that people wrote.
  private var comparisons = 300_000

  /// The nearest of the candidates, which are asked for only while there is time to look at them.
  mutating func nearest(to word: String, in candidates: () -> some Sequence<String>) -> String? {
    guard comparisons > 0 else { return nil }
    let candidates = Array(candidates())
    comparisons -= candidates.count
    return closestMatch(to: word, in: candidates)
  }
}

extension DiagnosticSink {
  /// The candidate that was probably meant; nil when none is near, or too many words were looked up before.
  func nearest(to word: String, in candidates: @autoclosure () -> some Sequence<String>) -> String?
  {
    spelling.nearest(to: word, in: candidates)
  }

  /// `did you mean ...?`, or nothing.
  func suggestion(
    for word: String, in candidates: @autoclosure () -> some Sequence<String>
  ) -> String {
    spelling.nearest(to: word, in: candidates).map { "did you mean `\($0)`?" } ?? ""
  }
}
