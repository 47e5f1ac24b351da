import Grammar
import JSON
public import Model

/// Writes an estate as manifests: documents that a person would have written, in a Stack with defaults.
///
/// What the estate holds and no document can is left out, and `WrittenManifests.leftOut` says why.
public struct EstateWriter: Sendable {
  /// What is written around the documents.
  public struct Options: Sendable {
    /// The name of the Stack; nil: there is none, and every document names its project and location.
    public var stack: String?
    /// Sentences at the top of the first file.
    public var header: [String] = []
    /// Whether keys become documents; else comments on their accounts.
    public var writesKeys = false
    /// How the documents are distributed over files.
    public var layout = ManifestLayout.single
    /// Whether documents that differ in one value become one.
    public var folds = false
    /// Unix seconds, for ages.
    public var now: Int64 = 0

    /// A Stack of this name, in one file, without anything else.
    public init(stack: String?) { self.stack = stack }
  }

  private let estate: Estate
  private let kinds: KindSet
  private let options: Options

  /// A writer for one estate.
  public init(_ estate: Estate, kinds: KindSet, options: Options) {
    self.estate = estate
    self.kinds = kinds
    self.options = options
  }

  /// The files, without these parts of the estate.
  public func write(without parts: Set<ManifestMark> = []) -> WrittenManifests {
    var documents = EstateDocuments(estate, kinds: kinds, options: options, parts: parts)
    documents.make()
    let defaults = options.stack == nil ? StackDefaults() : StackDefaults(documents.documents)
    var placed = documents.documents.map(defaults.located)
    var lists = SharedLists()
    if options.folds { placed = Folding.fold(placed) }
    if options.folds, options.stack != nil { placed = lists.share(in: placed) }
    let stack = options.stack.map { [defaults.document(name: $0, lists)] } ?? []
    return WrittenManifests(
      options.layout.files(stack + placed.map(defaults.assigned), header: options.header),
      leftOut: documents.leftOut)
  }
}
