import Model

/// The lists that several folded documents share, as variables of the Stack.
struct SharedLists {
  /// By their names, in order of use.
  private(set) var variables: [(name: String, values: ManifestValue)] = []

  /// Puts a variable in place of each list of `each` that more than one document has.
  mutating func share(in documents: [PlacedDocument]) -> [PlacedDocument] {
    let lists = documents.flatMap { $0.document.each.map(\.value) }
    let counts = Dictionary(grouping: lists) { $0 }.mapValues(\.count)
    return documents.map { placed in
      var result = placed
      result.document.each = placed.document.each.map { pair in
        guard counts[pair.value, default: 0] > 1 else { return pair }
        var pair = pair
        pair.value = .template("${\(name(of: pair.value, for: pair.key))}")
        return pair
      }
      return result
    }
  }

  /// `projects`, `projects-2`.
  private mutating func name(of values: ManifestValue, for key: String) -> String {
    if let known = variables.first(where: { $0.values == values }) { return known.name }
    let count = variables.count { $0.name.hasPrefix("\(key)s") }
    let name = count == 0 ? "\(key)s" : "\(key)s\(count + 1)"
    variables.append((name, values))
    return name
  }

  /// The declaration of the variables; nil if there are none.
  var pair: ManifestPair? {
    guard !variables.isEmpty else { return nil }
    return ManifestPair(
      "variables",
      .map(
        variables.map { name, values in
          ManifestPair(
            name, .map([ManifestPair("type", .word("list")), ManifestPair("default", values)]))
        }))
  }
}

/// Folds documents that differ in one name alone into one document with `each`.
///
/// The result means the same: a variable stands only where the name stood, so every instance has exactly the texts of its
/// document.
enum Folding {
  /// The documents in their order; the first of a group stands for all of it.
  static func fold(_ documents: [PlacedDocument]) -> [PlacedDocument] {
    let byProject = fold(documents, variable: "project") { document in
      guard let project = document.document.project else { return nil }
      var form = document
      form.document = document.document.replacing(project, with: "project")
      if document.project != nil {
        form = form.with("project", .template("${project}"))
        form.project = nil
      }
      form.document.project = nil
      return (form, project)
    }
    return fold(byProject, variable: "name") { document in
      let name = document.document.name
      guard !document.document.isTemplate else { return nil }
      var form = document
      form.document = document.document.replacing(name, with: "name")
      return (form, name)
    }
  }

  /// - Parameter form: a document without the value in which the documents of a group may differ, and that value.
  private static func fold(
    _ documents: [PlacedDocument], variable: String,
    _ form: (PlacedDocument) -> (PlacedDocument, String)?
  ) -> [PlacedDocument] {
    var groups: [Shape: [Int]] = [:]
    var forms: [Int: (PlacedDocument, String)] = [:]
    for (index, document) in documents.enumerated() {
      guard let form = form(document) else { continue }
      forms[index] = form
      groups[Shape(form.0), default: []].append(index)
    }
    var replaced: [Int: PlacedDocument] = [:]
    var removed: Set<Int> = []
    for indices in groups.values where indices.count > 1 {
      guard let first = indices.first, var folded = forms[first]?.0 else { continue }
      let values = indices.compactMap { forms[$0]?.1 }
      guard Set(values).count == values.count else { continue }
      folded.document.each.append(ManifestPair(variable, .texts(values)))
      replaced[first] = folded
      removed.formUnion(indices.dropFirst())
    }
    return documents.indices.filter { !removed.contains($0) }
      .map { replaced[$0] ?? documents[$0] }
  }

  /// What documents of one group have in common.
  private struct Shape: Hashable {
    let kind: String
    let name: String
    let comments: [String]
    let pairs: [[ManifestPair]]
    let project: String?

    init(_ placed: PlacedDocument) {
      let document = placed.document
      project = placed.project
      kind = document.kind
      name = document.name
      comments = document.comments
      pairs = [document.spec, document.lifecycle, document.each].map { $0.map(\.withoutMarks) }
    }
  }
}

extension ManifestDocument {
  /// The document with a variable in place of a text, wherever that text stands.
  fileprivate func replacing(_ text: String, with variable: String) -> ManifestDocument {
    var result = self
    let form = name.replacing("${", with: "$${")
    if form.contains(text), !isTemplate {
      result.name = form.replacing(text, with: "${\(variable)}")
      result.isTemplate = true
    }
    result.spec = spec.map { $0.replacing(text, with: variable) }
    return result
  }
}

extension ManifestPair {
  fileprivate func replacing(_ text: String, with variable: String) -> ManifestPair {
    var result = self
    result.value = value.replacing(text, with: variable)
    return result
  }

  fileprivate var withoutMarks: ManifestPair {
    ManifestPair(key, value.withoutMarks, isFlow: isFlow, comments: comments)
  }
}

extension ManifestValue {
  fileprivate func replacing(_ text: String, with variable: String) -> ManifestValue {
    switch self {
    case .text(let own):
      let form = own.replacing("${", with: "$${")
      return form.contains(text) ? .template(form.replacing(text, with: "${\(variable)}")) : self
    // A name could be that of its variable.
    case .template: return self
    case .list(let items):
      return .list(
        items.map { ManifestItem($0.value.replacing(text, with: variable), mark: $0.mark) })
    case .map(let pairs): return .map(pairs.map { $0.replacing(text, with: variable) })
    case .word, .boolean, .integer, .null: return self
    }
  }

  fileprivate var withoutMarks: ManifestValue {
    switch self {
    case .list(let items): .list(items.map { ManifestItem($0.value.withoutMarks) })
    case .map(let pairs): .map(pairs.map(\.withoutMarks))
    case .text, .word, .template, .boolean, .integer, .null: self
    }
  }
}
