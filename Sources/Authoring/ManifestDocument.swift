import Model

/// One document of the language, ready to be written.
struct ManifestDocument: Sendable {
  /// As manifests write it: `Repository`.
  var kind: String
  /// `metadata.name`.
  var name: String
  /// Whether the name has variables.
  var isTemplate = false
  /// Sentences above the document.
  var comments: [String] = []
  var spec: [ManifestPair]
  var lifecycle: [ManifestPair] = []
  /// The lists of values for which it is repeated; empty: it is one document.
  var each: [ManifestPair] = []
  /// What its lines are about, if no part of it says more.
  var mark: ManifestMark
  /// The project that it belongs to; nil for the Stack.
  var project: String?

  /// The keys of the document, in order.
  var pairs: [ManifestPair] {
    var pairs = [
      ManifestPair("apiVersion", .word("arctl.dev/v1"), comments: comments),
      ManifestPair("kind", .word(kind)),
      ManifestPair(
        "metadata", .map([ManifestPair("name", isTemplate ? .template(name) : .text(name))]),
        isFlow: true),
    ]
    if !each.isEmpty { pairs.append(ManifestPair("each", .map(each))) }
    if !spec.isEmpty { pairs.append(ManifestPair("spec", .map(spec))) }
    if !lifecycle.isEmpty {
      pairs.append(ManifestPair("lifecycle", .map(lifecycle), isFlow: true))
    }
    return pairs
  }
}
