import Diagnostics

/// Where every stage of reading manifests reports what it finds.
///
/// It keeps one mistake to one diagnostic: what concerns a line with a secret, and what another instance of the same
/// document has already said, is dropped.
final class DiagnosticSink {
  private(set) var diagnostics: [Diagnostic] = []
  /// How many errors were reported, dropped ones included: a stage compares it to see whether its input was sound.
  private(set) var errorCount = 0
  /// Whether a document was lost, so that what refers to it cannot be judged.
  private(set) var hasLostDocuments = false

  private var seen: Set<Diagnostic> = []
  var spelling = Spelling()
  private var secretLines: [String: Set<Int>] = [:]

  /// Diagnostics on these lines will be dropped: their text was masked.
  func hide(lines: ClosedRange<Int>, of file: String) {
    secretLines[file, default: []].formUnion(lines)
  }

  func noteLostDocument() { hasLostDocuments = true }

  private var brokenValues: Set<SourcePosition> = []

  /// The value here could not be worked out, which was reported; nobody should judge it.
  func markBroken(_ position: SourcePosition) {
    brokenValues.insert(position)
    brokenCount += 1
  }

  /// How often a value could not be worked out: like `errorCount`, for errors that were reported elsewhere.
  private(set) var brokenCount = 0

  func isBroken(_ position: SourcePosition) -> Bool {
    !brokenValues.isEmpty && brokenValues.contains(position)
  }

  func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error { errorCount += 1 }
    if let position = diagnostic.position, diagnostic.code != .secretInManifest,
      secretLines[position.file]?.contains(position.line) == true
    {
      return
    }
    var key = diagnostic
    key.position?.instance = ""
    key.related = []
    guard seen.insert(key).inserted else { return }
    diagnostics.append(diagnostic)
  }

  func error(
    _ code: DiagnosticCode, _ message: String, at position: SourcePosition?, label: String = "",
    related: [Diagnostic.Related] = [], help: String...
  ) {
    report(
      Diagnostic(
        code, .error, message, at: position, label: label, related: related,
        help: help.filter { !$0.isEmpty }))
  }

  func warning(
    _ code: DiagnosticCode, _ message: String, at position: SourcePosition?, label: String = "",
    related: [Diagnostic.Related] = [], help: String...
  ) {
    report(
      Diagnostic(
        code, .warning, message, at: position, label: label, related: related,
        help: help.filter { !$0.isEmpty }))
  }

  /// Drops a lint here, for one that says more of the same.
  func dropLint(at position: SourcePosition) {
    diagnostics.removeAll { $0.code == .lint && $0.position == position }
  }

  /// Everything that was reported, in the order of files and lines.
  var sorted: [Diagnostic] {
    diagnostics.enumerated().sorted { left, right in
      switch (left.element.position, right.element.position) {
      case (let first?, let second?) where first != second: first < second
      case (nil, .some): true
      case (.some, nil): false
      default: left.offset < right.offset
      }
    }.map(\.element)
  }
}
