/// One finding about the user's input or about the plan.
public struct Diagnostic: Sendable, Hashable {
  /// The severity of a diagnostic: only an `error` stops a run.
  public enum Severity: String, Sendable, Hashable, CaseIterable { case error, warning, note }

  /// `AR0104`: stable, listed in `DiagnosticCode`.
  public var code: DiagnosticCode
  /// Whether it stops the run.
  public var severity: Severity
  /// One line, no full stop; identifiers in backticks.
  public var message: String
  /// The place in a file; nil if there is none.
  public var position: SourcePosition?
  /// The text under the carets: `did you mean ...?`; may be empty.
  public var label: String
  /// Further places, each with what it shows: the other half of a conflict.
  public var related: [Related]
  /// `= help:` lines: what to type.
  public var help: [String]
  /// Lines to copy, below the help: a document to write instead. Values in them are quoted as YAML.
  public var pasted: [String] = []
  /// A last `= note:` line: `metadata.note` of the document with the error; nil for none.
  public var note: String?

  /// A further place that belongs to the diagnostic.
  public struct Related: Sendable, Hashable {
    /// The place; it may be in another file.
    public var position: SourcePosition
    /// What it shows: one line, no full stop.
    public var label: String
    /// A place with what it shows.
    public init(_ position: SourcePosition, _ label: String) {
      self.position = position
      self.label = label
    }
  }

  /// A diagnostic; without a place, further places and help unless they are given.
  public init(
    _ code: DiagnosticCode, severity: Severity, _ message: String,
    at position: SourcePosition? = nil, label: String = "", related: [Related] = [],
    help: [String] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.position = position
    self.label = label
    self.related = related
    self.help = help
  }
  /// An error.
  public init(
    _ code: DiagnosticCode, _ message: String, at position: SourcePosition? = nil,
    label: String = "", related: [Related] = [], help: [String] = []
  ) {
    self.init(
      code, severity: .error, message, at: position, label: label, related: related, help: help)
  }
}
