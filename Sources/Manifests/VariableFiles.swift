import Diagnostics
import Platform
import YAML

/// The maps of `--var-file`.
struct VariableFiles {
  private(set) var maps: [(name: String, node: YAMLNode)] = []
  private(set) var files: [ManifestFiles.File] = []

  private static let maximumBytes = 4 << 20

  init(_ paths: [String], fileSystem: some FileSystem, sink: DiagnosticSink) {
    for path in paths { read(path, fileSystem: fileSystem, sink: sink) }
  }

  private mutating func read(
    _ path: String, fileSystem: some FileSystem, sink: DiagnosticSink
  ) {
    let scan: SecretScan
    do throws(FileError) {
      scan = SecretScan(try fileSystem.read(path, maximumBytes: Self.maximumBytes), file: path)
    } catch {
      sink.error(.unreadableFile, "--var-file: cannot read `\(path)`: \(error.reason)", at: nil)
      sink.noteLostDocument()
      return
    }
    for finding in scan.findings {
      sink.hide(lines: finding.position.line...finding.lastLine, of: path)
      sink.report(finding.diagnostic)
    }
    sink.hideSecrets(in: scan.bytes, of: path)
    sink.step(scan.steps)
    files.append(ManifestFiles.File(path: path, bytes: scan.bytes))
    let parsed = YAMLFile(parsing: scan.bytes, file: path)
    for diagnostic in parsed.diagnostics { sink.report(diagnostic) }
    guard parsed.diagnostics.isEmpty else { return }
    var secrets = SecretNodes(sink)
    for document in parsed.documents {
      let node = secrets.checked(document)
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
