import Diagnostics

/// What a misspelled word was probably meant to be, in words.
package enum Spelling {
  /// `did you mean ...?`, or nothing.
  package static func suggestion(for word: String, in candidates: some Sequence<String>) -> String {
    nearest(to: word, in: candidates).map { "did you mean `\($0)`?" } ?? ""
  }

  /// The word that was probably meant; nil when none is near.
  package static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    closestMatch(to: word, in: candidates)
  }
}
