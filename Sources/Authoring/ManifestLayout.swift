public import Diagnostics
public import Model

/// How documents are distributed over files.
public enum ManifestLayout: String, Sendable, Hashable, CaseIterable {
  /// One file for each kind.
  case kind
  /// One file for each project.
  case project
  /// One file.
  case single

  /// The files in order of their names; the Stack comes first in its file.
  func files(_ documents: [ManifestDocument], header: [String]) -> [WrittenManifests.File] {
    var names: [String] = []
    var groups: [String: [ManifestDocument]] = [:]
    for document in documents {
      let name = fileName(document)
      if groups[name] == nil { names.append(name) }
      groups[name, default: []].append(document)
    }
    return names.sorted().map { name in
      WrittenManifests.File(name, groups[name] ?? [], header: name == names.first ? header : [])
    }
  }

  private func fileName(_ document: ManifestDocument) -> String {
    switch self {
    case .single: "registry.yaml"
    case .kind: Self.dashed(document.kind) + ".yaml"
    case .project: Self.projectFile(document)
    }
  }

  /// A document for several projects is in a file of its own.
  private static func projectFile(_ document: ManifestDocument) -> String {
    if document.mark == .stack { return "stack.yaml" }
    return (document.project?.replacing(":", with: "_") ?? "common") + ".yaml"
  }

  /// `service-account` for `ServiceAccount`.
  private static func dashed(_ name: String) -> String {
    var result = ""
    var wasLower = false
    for letter in name {
      if letter.isUppercase, wasLower { result += "-" }
      wasLower = letter.isLowercase
      result += letter.lowercased()
    }
    return result
  }
}

/// The files that an estate became.
public struct WrittenManifests: Sendable {
  /// One file.
  public struct File: Sendable {
    /// Its name, without a folder.
    public let name: String
    /// Its whole content.
    public let text: String
    /// How many documents it has.
    public let count: Int
    /// The part of the estate that each line is about.
    fileprivate let marks: [ManifestMark?]

    init(_ name: String, _ documents: [ManifestDocument], header: [String]) {
      self.name = name
      var text = ManifestText()
      for line in header { text.add(comment: line) }
      for (index, document) in documents.enumerated() {
        if index > 0 { text.addSeparator() }
        text.add(document.pairs, mark: document.mark)
      }
      self.text = text.lines.joined(separator: "\n") + "\n"
      marks = text.marks
      count = documents.count
    }
  }

  /// In order of their names.
  public let files: [File]
  /// What no document holds.
  public let leftOut: [LeftOut]

  init(_ files: [File], leftOut: [LeftOut]) {
    self.files = files
    self.leftOut = leftOut
  }

  /// Whether there is a document besides the Stack.
  public var hasResources: Bool {
    files.contains { $0.marks.contains { $0 != nil && $0 != .stack } }
  }

  /// How many documents there are.
  public var count: Int { files.reduce(0) { $0 + $1.count } }

  /// What a place in a file is about; nil for a place that no file has.
  public func mark(at position: SourcePosition) -> ManifestMark? {
    guard let file = files.first(where: { $0.name == position.file }),
      file.marks.indices.contains(position.line - 1)
    else { return nil }
    return file.marks[position.line - 1]
  }
}
