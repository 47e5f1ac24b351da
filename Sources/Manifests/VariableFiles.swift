import Diagnostics
import Platform
import YAML

/// The maps of `--var-file`.
struct VariableFiles {
  private(set) var maps: [(name: String, node: YAMLNode)] = []
  private(set) var files: [ExaminedFile] = []

  private static let maximumBytes = 4 << 20

  init(_ paths: [String], fileSystem: some FileSystem, sink: DiagnosticSink) {
    for path in paths { read(path, fileSystem: fileSystem, sink: sink) }
  }

  private mutating func read(
    _ path: String, fileSystem: some FileSystem, sink: DiagnosticSink
  ) {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try fileSystem.read(path, maximumBytes: Self.maximumBytes)
    } catch {
      sink.error(.unreadableFile, "--var-file: cannot read `\(path)`: \(error.reason)", at: nil)
      sink.noteLostDocument()
      return
    }
    let file = ExaminedFile(bytes, path: path, sink.names)
    files.append(file)
    file.reportSecrets(to: sink)
    guard file.content(reportingTo: sink).diagnostics.isEmpty else { return }
    for node in file.documents(reportingTo: sink) {
      if node.pairs == nil {
        sink.error(
          .wrongType, "a variable file is a map of names to values, and this is \(node.shape)",
          at: node.position)
      } else {
        maps.append((path, node))
      }
    }
  }
}
