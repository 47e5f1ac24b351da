package import Diagnostics
package import Model
import YAML

/// Collects the diagnostics of all stages of reading manifests.
///
/// It reports each mistake once: it drops diagnostics about a line with a secret, and those that another instance of
/// the same document has already reported.
package final class DiagnosticSink {
  private var diagnostics: [Diagnostic] = []
  /// How many errors were reported, dropped ones included, and how many values could not be evaluated.
  private var faults = 0
  /// Whether a document was lost, so that what refers to it cannot be judged.
  package private(set) var hasLostDocuments = false

  private var seen: Set<Diagnostic> = []
  /// Where the lints are among the diagnostics, by their places, and which of them were dropped.
  private var lints: [SourcePosition: [Int]] = [:]
  private var dropped: Set<Int> = []
  /// The elementary steps of work that could grow faster than the input: letters, places and combinations compared.
  ///
  /// Tests compare it for inputs of different sizes.
  package private(set) var steps = 0
  var spelling = Spelling()
  private var secretLines: [String: Set<Int>] = [:]

  /// The kinds that documents may have.
  package let kinds: KindSet
  /// The names of their fields.
  let names: FieldNames

  /// Nothing is reported yet.
  package init(kinds: KindSet) {
    self.kinds = kinds
    names = FieldNames(kinds)
    hidden = HiddenText(names)
  }

  /// Errors at hidden places whose texts quote no value.
  private var quotesNothing: Set<Diagnostic> = []

  /// Reports an error about a secret: the message must not quote it, and stays as it is.
  func secretError(_ code: DiagnosticCode, _ message: String, at position: SourcePosition) {
    let diagnostic = Diagnostic(code, message, at: position)
    quotesNothing.insert(diagnostic)
    report(diagnostic)
  }

  /// The parts of the files that are not shown.
  private(set) var hidden: HiddenText

  /// A line is shown up to this column only.
  func hide(line: Int, from column: Int, of file: String) {
    hidden.hide(line: line, from: column, of: file)
  }

  /// Marks a text as a secret: no message quotes it, and no line shows it.
  func note(secret text: String) { hidden.add(secret: text) }

  /// Marks all texts in a value as secrets.
  func note(secretsIn node: YAMLNode) {
    switch node.content {
    case .scalar(let scalar): note(secret: scalar.text)
    case .sequence(let items): for item in items { note(secretsIn: item) }
    case .mapping(let pairs): for pair in pairs { note(secretsIn: pair.value) }
    }
  }

  /// Each of these lines is shown up to its column only.
  func hide(columns: [Int: Int], of file: String) { hidden.merge(columns, of: file) }

  /// Diagnostics on these lines will be dropped: their text was masked.
  func hide(lines: ClosedRange<Int>, of file: String) {
    secretLines[file, default: []].formUnion(lines)
  }

  /// A moment between two reports.
  package struct Checkpoint {
    fileprivate let faults: Int
  }

  /// Now: a stage takes it before it begins, and compares it to see whether its input was sound.
  package var checkpoint: Checkpoint { Checkpoint(faults: faults) }

  /// Whether no error was reported and no value proved broken, since a moment or at all.
  package func isSound(since start: Checkpoint = Checkpoint(faults: 0)) -> Bool {
    faults == start.faults
  }

  /// Counts steps of work.
  package func step(_ count: Int = 1) { steps += count }

  func noteLostDocument() { hasLostDocuments = true }

  private var brokenValues: Set<SourcePosition> = []

  /// Records that the value here could not be evaluated, which was reported: later checks skip it.
  func markBroken(_ position: SourcePosition) {
    brokenValues.insert(position)
    faults += 1
  }

  func isBroken(_ position: SourcePosition) -> Bool {
    !brokenValues.isEmpty && brokenValues.contains(position)
  }

  /// Adds a diagnostic, unless it is about a line with a secret or repeats that of another instance of its document. An
  /// error counts in both cases.
  package func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error { faults += 1 }
    if let position = diagnostic.position, diagnostic.code != .secretInManifest,
      secretLines[position.file]?.contains(position.line) == true
    {
      return
    }
    var key = diagnostic
    key.position?.instance = ""
    key.related = []
    guard seen.insert(key).inserted else { return }
    if diagnostic.code == .lint, let position = diagnostic.position {
      lints[position, default: []].append(diagnostics.count)
    }
    diagnostics.append(diagnostic)
  }

  /// Reports a mistake that blocks a run.
  package func error(
    _ code: DiagnosticCode, _ message: String, at position: SourcePosition?, label: String = "",
    related: [Diagnostic.Related] = [], help: String...
  ) {
    report(
      Diagnostic(
        code, severity: .error, message, at: position, label: label, related: related,
        help: help.filter { !$0.isEmpty }))
  }

  /// Reports a warning, which does not stop a run.
  package func warning(
    _ code: DiagnosticCode, _ message: String, at position: SourcePosition?, label: String = "",
    related: [Diagnostic.Related] = [], help: String...
  ) {
    report(
      Diagnostic(
        code, severity: .warning, message, at: position, label: label, related: related,
        help: help.filter { !$0.isEmpty }))
  }

  /// Reports a problem at the place of its value: under its own code, or a more exact one; a warning is a lint.
  package func report(
    _ problem: Problem, as code: DiagnosticCode? = nil, at position: SourcePosition?,
    label: String = ""
  ) {
    report(
      Diagnostic(
        problem.isWarning ? .lint : code ?? problem.code,
        severity: problem.isWarning ? .warning : .error,
        problem.message, at: position, label: label, help: problem.help.map { [$0] } ?? []))
  }

  /// Drops a lint here in favour of a more specific one.
  package func dropLint(at position: SourcePosition) {
    let found = lints.removeValue(forKey: position) ?? []
    step(1 + found.count)
    dropped.formUnion(found)
  }

  /// All diagnostics, in the order of files and lines, without secrets.
  package var sorted: [Diagnostic] {
    diagnostics.enumerated().filter { !dropped.contains($0.offset) }.sorted { left, right in
      switch (left.element.position, right.element.position) {
      case (let first?, let second?) where first != second: first < second
      case (nil, .some): true
      case (.some, nil): false
      default: left.offset < right.offset
      }
    }.map { quotesNothing.contains($0.element) ? $0.element : hidden.redacted($0.element) }
  }
}
