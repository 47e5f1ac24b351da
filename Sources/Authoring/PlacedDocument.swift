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

  /// With its project and its location in front of the other fields.
  func located(project: Bool, location: Bool) -> ManifestDocument {
    var result = document
    var pairs: [ManifestPair] = []
    if project, let name = self.project { pairs.append(ManifestPair("project", .text(name))) }
    if location, let name = self.location { pairs.append(ManifestPair("location", .text(name))) }
    result.spec = pairs + document.spec
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

  /// The document without what the defaults say.
  func removed(from placed: PlacedDocument) -> PlacedDocument {
    var result = placed
    result.document = placed.located(
      project: placed.project != project, location: placed.location != location)
    guard placed.labels != nil, !labels.isEmpty else { return result }
    result.document.spec = result.document.spec.compactMap { pair in
      guard pair.key == "labels", case .map(let pairs) = pair.value else { return pair }
      let own = pairs.filter { labels[$0.key] == nil }
      var pair = pair
      pair.value = .map(own)
      return own.isEmpty ? nil : pair
    }
    return result
  }

  /// The Stack.
  func document(name: String) -> PlacedDocument {
    var pairs: [ManifestPair] = []
    if let project { pairs.append(ManifestPair("project", .text(project))) }
    if let location { pairs.append(ManifestPair("location", .text(location))) }
    if !labels.isEmpty {
      let sorted = labels.sorted { $0.key < $1.key }
      pairs.append(
        ManifestPair("labels", .map(sorted.map { ManifestPair($0.key, .text($0.value)) })))
    }
    let spec = pairs.isEmpty ? [] : [ManifestPair("defaults", .map(pairs))]
    return PlacedDocument(
      document: ManifestDocument(kind: "Stack", name: name, spec: spec, mark: .stack))
  }
}
