public import Diagnostics

/// The content of one file.
public struct YAMLFile: Sendable {
  /// The readable documents in order, without empty ones (only comments).
  public var documents: [YAMLNode]
  /// Everything that is wrong with the file's bytes, syntax, keys and sizes.
  public var diagnostics: [Diagnostic]
  /// Whether a document contains the start of another one, because the `---` between them is missing.
  public var hasMerged = false
  /// The number of reading steps, for tests of growth.
  package private(set) var steps = 0
  /// A file of these documents, with what is wrong in it.
  public init(documents: [YAMLNode], diagnostics: [Diagnostic]) {
    self.documents = documents
    self.diagnostics = diagnostics
  }
}

extension YAMLFile {
  /// Parses the bytes of a file named `file`. After a syntax error it continues at the next `---`.
  ///
  /// A document with a syntax error, or with too deep nesting, is left out. One with a duplicate key, a tag or an
  /// unquoted variable is included, without the second value or the tag. A file that is not UTF-8 text, too large, or
  /// with an unresolved merge conflict has no documents. A UTF-8 byte order mark at the start is skipped.
  public init(parsing bytes: [UInt8], file: String) {
    self.init(documents: [], diagnostics: [])
    var source = SourceBytes(bytes, file: file)
    diagnostics = source.diagnostics
    if diagnostics.isEmpty { diagnostics = source.mergeConflicts() }
    guard diagnostics.isEmpty else { return }
    var recovery = YAMLRecovery.next(line: 0)
    while diagnostics.count < SourceBytes.maximumDiagnostics {
      switch recovery {
      case .end: return
      case .next(let line): recovery = parse(source, from: line)
      case .again(let place, let line):
        source.repairVariable(at: place)
        recovery = parse(source, from: line)
      }
    }
  }

  /// Reads documents until the end or the first syntax error.
  private mutating func parse(_ source: SourceBytes, from firstLine: Int) -> YAMLRecovery {
    let offset = source.lineStarts[firstLine]
    return source.bytes.withUnsafeBufferPointer { all -> YAMLRecovery in
      guard var reader = YAMLEventReader(UnsafeBufferPointer(rebasing: all[offset...])) else {
        let start = SourcePosition(file: source.file, line: firstLine + 1, column: 1)
        diagnostics.append(Diagnostic(.yamlSyntax, "out of memory", at: start))
        return .end
      }
      var builder = YAMLTreeBuilder(source: source, firstLine: firstLine)
      defer {
        documents += builder.documents
        diagnostics += builder.diagnostics
        hasMerged = hasMerged || builder.hasMerged
        steps += builder.steps
      }
      do throws(YAMLStop) {
        while try builder.addNext(from: &reader) {}
        return .end
      } catch {
        return builder.recover(from: error)
      }
    }
  }
}
