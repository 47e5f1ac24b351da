/// One thing to tell the user about their input or about the plan.
public struct Diagnostic: Sendable, Hashable {
  public enum Severity: String, Sendable, Hashable, CaseIterable { case error, warning, note }

  /// `AR0104`: stable, listed in `DiagnosticCode`.
  public var code: DiagnosticCode
  public var severity: Severity
  /// One line, no full stop; identifiers in backticks.
  public var message: String
  /// Where; nil for something that has no place in a file.
  public var position: SourcePosition?
  /// What stands under the carets: `did you mean ...?`; may be empty.
  public var label: String
  /// Further places, each with what it shows: the other half of a conflict.
  public var related: [Related]
  /// `= help:` lines: what to type.
  public var help: [String]
  /// A last `= note:` line: what the author of a document wrote for whoever sees an error in it; nil for none.
  public var note: String?

  public struct Related: Sendable, Hashable {
    public var position: SourcePosition
    public var label: String
    public init(_ position: SourcePosition, _ label: String) {
      self.position = position
      self.label = label
    }
  }

  public init(
    _ code: DiagnosticCode, _ severity: Severity, _ message: String,
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
      code, .error, message, at: position, label: label, related: related, help: help)
  }
}
