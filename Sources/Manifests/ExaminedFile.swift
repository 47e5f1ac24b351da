import Diagnostics
import Platform
import YAML

/// A file that was searched for secrets and parsed: all that can be done with one file alone, so that several threads can
/// examine one file each.
struct ExaminedFile: Sendable {
  let path: String
  /// The content, with secrets masked.
  let bytes: [UInt8]
  private let findings: [SecretScan.Finding]
  /// The first hidden column of each line that has one, both from 1.
  private let hidden: [Int: Int]
  private let parsed: YAMLFile
  /// Whether each document may hold a secret that its bytes do not show.
  private let mayHoldSecrets: [Bool]
  private let steps: Int

  /// The fields of a longer file are not searched: the parser refuses it with a diagnostic of its own.
  private static let maximumBytes = 1 << 20

  init(_ bytes: [UInt8], path: String, _ names: FieldNames) {
    let scan = SecretScan(bytes, file: path)
    let fields = SecretFields(Array(scan.bytes.prefix(Self.maximumBytes)), names)
    let parsed = YAMLFile(parsing: scan.bytes, file: path)
    self.path = path
    self.bytes = scan.bytes
    self.parsed = parsed
    findings = scan.findings
    steps = scan.steps + fields.steps
    // No key is found in the bytes of UTF-16.
    let isWide =
      scan.bytes.starts(with: [0xFE, 0xFF]) || scan.bytes.starts(with: [0xFF, 0xFE])
      || scan.bytes.prefix(2).contains(0)
    hidden = fields.columns.merging(isWide ? [1: 1] : [:]) { min($0, $1) }
    mayHoldSecrets = parsed.documents.map { SecretNodes.mayHoldSecret($0, names) }
  }

  /// Hides the secrets in the file, and reports those that may stand nowhere.
  func reportSecrets(to sink: DiagnosticSink) {
    for finding in findings {
      sink.hide(lines: finding.position.line...finding.lastLine, of: path)
      sink.report(finding.diagnostic)
    }
    sink.hide(columns: hidden, of: path)
    sink.step(steps)
  }

  /// The parsed file, with what YAML does not allow reported.
  func content(reportingTo sink: DiagnosticSink) -> YAMLFile {
    sink.step(parsed.steps)
    for diagnostic in parsed.diagnostics { sink.report(diagnostic) }
    return parsed
  }

  /// The documents, with secrets overwritten.
  func documents(reportingTo sink: DiagnosticSink) -> [YAMLNode] {
    var secrets = SecretNodes(sink)
    return zip(parsed.documents, mayHoldSecrets).map { document, mayHoldSecret in
      mayHoldSecret ? secrets.checked(document) : document
    }
  }
}

extension [ExaminedFile] {
  /// Files with their content, examined on all processors.
  init(_ contents: [(path: String, bytes: [UInt8])], _ names: FieldNames) {
    self = Threads.map(contents) { ExaminedFile($0.bytes, path: $0.path, names) }
  }
}
