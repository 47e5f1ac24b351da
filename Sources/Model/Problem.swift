public import Diagnostics

/// What is wrong with a written value, before its place in a file is known.
///
/// There are two ways to say that a value is wrong: a rule, which knows a value and no file, returns or throws a
/// problem; the reader, which knows the file, reports it as a `Diagnostic` at the place of the value.
///
/// A rule about one text does not know what the text is, so it states only the rule, and its caller adds the subject:
///
///     NameRules.projectID("My")?.of("the project `My`").message   // the project `My` must be in lower case
public struct Problem: Error, Sendable, Hashable {
  /// The field with the problem, below the checked value; empty for the value itself.
  public var path: FieldPath
  /// Whether it is only a warning: reported, but the manifest stays valid.
  public var isWarning: Bool
  /// The code of the diagnostic.
  public var code: DiagnosticCode
  /// What is wrong, on one line without a full stop, identifiers in backticks; without a subject as long as the problem
  /// is that of a rule about one text.
  public var message: String
  /// What to write instead; nil if the message says it.
  public var help: String?

  /// An error about the value itself.
  public init(_ message: String, help: String? = nil) {
    self.init(FieldPath(), message, help: help)
  }

  /// By default an error of a field.
  public init(
    _ path: FieldPath, _ message: String, isWarning: Bool = false,
    code: DiagnosticCode = .badValue, help: String? = nil
  ) {
    self.path = path
    self.code = code
    self.message = message
    self.isWarning = isWarning
    self.help = help
  }

  /// The same problem, with the subject of its message, in words: ``the project `My` ``.
  public func of(_ subject: String) -> Problem {
    var problem = self
    problem.message = "\(subject) \(message)"
    return problem
  }

  /// The same problem, of the field with this path.
  public func at(_ path: FieldPath) -> Problem {
    var problem = self
    problem.path = path
    return problem
  }

  /// The same problem with another help, unless it is nil.
  public func helped(_ help: String?) -> Problem {
    var problem = self
    problem.help = help ?? self.help
    return problem
  }
}

/// A rule about one text is written as the words that follow its subject: `"must be in lower case"`.
extension Problem: ExpressibleByStringInterpolation {
  /// A problem without a subject.
  public init(stringLiteral rule: String) { self.init(rule) }
}
