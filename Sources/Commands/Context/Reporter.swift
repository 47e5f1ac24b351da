import CommandLine
import Diagnostics
import Rendering

/// Tells the user what is not the result: diagnostics, notes and progress, all on standard error.
struct Reporter: Sendable {
  let context: RunContext
  let options: OutputOptions
  let terminal: Terminal

  init(_ context: RunContext, _ options: OutputOptions) {
    self.context = context
    self.options = options
    terminal = context.console.terminal(options.color)
  }

  /// Whether lines on standard error may come and go: on a terminal, unless quiet or traced.
  var canRewrite: Bool {
    terminal.canRewriteErrorLines && !options.isQuiet && !options.isVerbose
  }

  /// How results look on standard output.
  var outputStyle: TextStyle {
    TextStyle(
      style: terminal.outputStyle, width: terminal.outputIsTerminal ? terminal.width : nil)
  }

  /// Prints diagnostics in their order; in GitHub Actions also as annotations. Quiet leaves out what is no error.
  func report(_ diagnostics: [Diagnostic], source: @escaping SourceText = { _, _ in nil }) {
    let told = options.isQuiet ? diagnostics.filter { $0.severity == .error } : diagnostics
    guard !told.isEmpty else { return }
    var renderer = DiagnosticRenderer(
      style: terminal.errorStyle, width: terminal.width, source: source)
    renderer.wraps = terminal.errorIsTerminal
    context.console.err(told.map { renderer.render($0) + "\n" }.joined())
    annotate(told)
  }

  /// Prints diagnostics as annotations, in GitHub Actions alone: for what is said elsewhere already.
  func annotate(_ diagnostics: [Diagnostic]) {
    guard context.environment["GITHUB_ACTIONS"] == "true" else { return }
    let told = options.isQuiet ? diagnostics.filter { $0.severity == .error } : diagnostics
    context.console.err(told.map { $0.gitHubAnnotation + "\n" }.joined())
  }

  /// Prints one error that has no place in a file, and ends the run with an outcome.
  func stop(
    _ outcome: Outcome, _ code: DiagnosticCode, _ message: String, help: [String] = []
  ) -> Stop {
    report([Diagnostic(code, message, help: help)])
    return Stop(outcome)
  }

  /// Prints one line unless quiet.
  func note(_ text: String) {
    if !options.isQuiet { context.console.err(text + "\n") }
  }
}
