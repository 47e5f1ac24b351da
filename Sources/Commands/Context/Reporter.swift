import CommandLine
import Diagnostics
import Rendering

/// Prints diagnostics, notes and progress to standard error.
struct Reporter: Sendable {
  let context: RunContext
  let options: OutputOptions
  let terminal: Terminal

  init(_ context: RunContext, _ options: OutputOptions) {
    self.context = context
    self.options = options
    terminal = context.console.terminal(options.color)
  }

  /// Whether lines on standard error may be redrawn: on a terminal, without `--quiet` and `--verbose`.
  var canRewrite: Bool {
    terminal.canRewriteErrorLines && !options.isQuiet && !options.isVerbose
  }

  /// The colours and the width of standard output.
  var outputStyle: TextStyle {
    TextStyle(
      style: terminal.outputStyle, width: terminal.outputIsTerminal ? terminal.width : nil)
  }

  /// Prints diagnostics in the given order, in GitHub Actions also as annotations. `--quiet` leaves only errors.
  func report(_ diagnostics: [Diagnostic], source: @escaping SourceText = { _, _ in nil }) {
    let shown = options.isQuiet ? diagnostics.filter { $0.severity == .error } : diagnostics
    guard !shown.isEmpty else { return }
    var renderer = DiagnosticRenderer(
      style: terminal.errorStyle, width: terminal.width, source: source)
    renderer.wraps = terminal.errorIsTerminal
    context.console.err(shown.map { renderer.render($0) + "\n" }.joined())
    annotate(shown)
  }

  /// Prints annotations, only in GitHub Actions, for diagnostics that are printed elsewhere.
  func annotate(_ diagnostics: [Diagnostic]) {
    guard context.environment["GITHUB_ACTIONS"] == "true" else { return }
    let shown = options.isQuiet ? diagnostics.filter { $0.severity == .error } : diagnostics
    context.console.err(shown.map { $0.gitHubAnnotation + "\n" }.joined())
  }

  /// Prints one error that has no place in a file. The caller throws the result.
  func earlyExit(
    _ outcome: Outcome, code: DiagnosticCode, _ message: String, help: [String] = []
  ) -> EarlyExit {
    report([Diagnostic(code, message, help: help)])
    return EarlyExit(outcome)
  }

  /// Prints one line unless quiet.
  func note(_ text: String) {
    if !options.isQuiet { context.console.err(text + "\n") }
  }
}
