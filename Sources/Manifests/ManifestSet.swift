package import Diagnostics
package import Platform
import Synchronization

/// A set of manifests; each document is decoded alone and not yet compared with the others.
package struct ManifestSet {
  /// The Stack, after the command line's options.
  package let stack: StackReader
  /// Every document except the Stack, or every instance of it.
  package let manifests: [Manifest]
  /// Whether every document is a Stack.
  package let declaresNothing: Bool
  /// How many files the manifests are in.
  package let fileCount: Int
  /// A line of a file that was read, counted from 1, with secrets masked.
  package let sourceLine: SourceText
  /// The note of each document, printed with the errors in it.
  package let notes: DocumentNotes

  /// Reads the set that the options name; reports problems to the sink.
  package static func read(
    _ options: LoadOptions, fileSystem: some FileSystem, sink: DiagnosticSink
  ) -> ManifestSet {
    let files = ManifestFiles(options.paths, fileSystem: fileSystem, sink: sink)
    let documents = files.documents().compactMap { node -> Document? in
      let document = Document(node, sink)
      if document == nil { sink.noteLostDocument() }
      return document
    }
    let variableFiles = VariableFiles(options.variableFiles, fileSystem: fileSystem, sink: sink)
    var stack = StackReader(sink)
    stack.read(
      documents,
      VariableValues.Given(
        flags: options.variables, files: variableFiles.maps, environment: options.environment,
        permitsOtherFlags: options.permitsOtherVariables || options.isContext,
        permitsOtherNames: options.isEarlier || options.isContext,
        saved: options.savedVariables))
    stack.override(project: options.project, location: options.location)
    stack.confine(to: files.folders)

    var expansion = Expansion(variables: stack.variables, sink: sink)
    for document in documents where document.kind.part != .settings { expansion.add(document) }
    reportUnused(stack, used: expansion.used, sink: sink)

    return ManifestSet(
      stack: stack, manifests: expansion.manifests,
      declaresNothing: !options.isEarlier && documents.allSatisfy { $0.kind.part == .settings },
      fileCount: files.files.count,
      sourceLine: sourceText(files.files + variableFiles.files, sink.hidden),
      notes: DocumentNotes(documents, sink.names))
  }
}

private func reportUnused(_ stack: StackReader, used: Set<String>, sink: DiagnosticSink) {
  guard !sink.hasLostDocuments else { return }
  for declaration in stack.declarations where declaration.isSound {
    guard !used.contains(declaration.name), !stack.used.contains(declaration.name) else { continue }
    sink.error(
      .unusedVariable, "variable `\(declaration.name)` is used nowhere", at: declaration.position,
      help: "use ${\(declaration.name)} in a value, or remove it")
  }
}

private func sourceText(_ files: [ExaminedFile], _ hidden: HiddenText) -> SourceText {
  let bytes = Dictionary(files.map { ($0.path, $0.bytes) }) { first, _ in first }
  let divided = DividedFiles()
  return { file, line in
    bytes[file].flatMap { divided.lines(of: file, $0)[line] }
      .map { hidden.shown($0, file: file, line: line) }
  }
}

/// The lines of files that diagnostics quote, each file divided once.
private final class DividedFiles: Sendable {
  private let files = Mutex<[String: SourceLines]>([:])

  func lines(of file: String, _ bytes: [UInt8]) -> SourceLines {
    files.withLock { files in
      if let known = files[file] { return known }
      let lines = SourceLines(bytes)
      files[file] = lines
      return lines
    }
  }
}
