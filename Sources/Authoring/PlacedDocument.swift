import Model

/// A document, and what its place says: defaults may make a part of it needless.
struct PlacedDocument {
  var document: ManifestDocument
  /// Its project, if a field may say so.
  var project: String?
  /// Its location, if its kind has one.
  var location: String?
  /// Its labels, if the Stack's default labels apply to it; they are the field `labels` of the document, too.
  var labels: [String: String]?

  /// With a field in front of the others.
  func with(_ field: String, _ value: ManifestValue) -> PlacedDocument {
    var result = self
    result.document.spec.insert(ManifestPair(field, value), at: 0)
    return result
  }
}

/// The values that the documents of a set share, for its Stack.
struct StackDefaults {
  private(set) var project: String?
  private(set) var location: String?
  private(set) var labels: [String: String] = [:]

  /// No defaults: every document says everything.
  init() {}

  /// The most frequent project and location, and the labels that all have.
  init(_ documents: [PlacedDocument]) {
    project = Self.mostFrequent(documents.compactMap(\.project))
    location = Self.mostFrequent(documents.compactMap(\.location))
    let labelled = documents.compactMap(\.labels)
    guard labelled.count > 1, var common = labelled.first else { return }
    for labels in labelled { common = common.filter { labels[$0.key] == $0.value } }
    labels = common
  }

  private static func mostFrequent(_ names: [String]) -> String? {
    let counts = Dictionary(grouping: names) { $0 }.mapValues(\.count)
    return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
  }

  /// The document with its location, and without the labels that the defaults have.
  func located(_ placed: PlacedDocument) -> PlacedDocument {
    var result = placed
    if placed.labels != nil, !labels.isEmpty {
      result.document.spec = placed.document.spec.compactMap { pair in
        guard pair.key == "labels", case .map(let pairs) = pair.value else { return pair }
        let own = pairs.filter { labels[$0.key] == nil }
        var pair = pair
        pair.value = .map(own)
        return own.isEmpty ? nil : pair
      }
    }
    guard let location = placed.location, location != self.location else { return result }
    return result.with("location", .text(location))
  }

  /// The document with its project, if that is not the default.
  func assigned(_ placed: PlacedDocument) -> ManifestDocument {
    guard let project = placed.project, project != self.project else { return placed.document }
    return placed.with("project", .text(project)).document
  }

  /// The Stack.
  func document(name: String, _ lists: SharedLists) -> ManifestDocument {
    var pairs: [ManifestPair] = []
    if let project { pairs.append(ManifestPair("project", .text(project))) }
    if let location { pairs.append(ManifestPair("location", .text(location))) }
    if !labels.isEmpty {
      let sorted = labels.sorted { $0.key < $1.key }
      pairs.append(
        ManifestPair("labels", .map(sorted.map { ManifestPair($0.key, .text($0.value)) })))
    }
    let defaults = pairs.isEmpty ? [] : [ManifestPair("defaults", .map(pairs))]
    let spec = defaults + [lists.pair].compactMap { $0 }
    return ManifestDocument(kind: "Stack", name: name, spec: spec, mark: .stack)
  }
}
