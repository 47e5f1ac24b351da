/// Diagnostics in the order of their places, each once.
public struct DiagnosticList: Sendable, Hashable {
  private var members: Set<Diagnostic> = []

  /// The given diagnostics without duplicates.
  public init(_ diagnostics: some Sequence<Diagnostic> = []) { members = Set(diagnostics) }

  /// Adds a diagnostic unless the list has an equal one.
  public mutating func append(_ diagnostic: Diagnostic) { members.insert(diagnostic) }

  /// Adds each diagnostic unless the list has an equal one.
  public mutating func append(contentsOf diagnostics: some Sequence<Diagnostic>) {
    members.formUnion(diagnostics)
  }

  /// Whether the list has no diagnostics.
  public var isEmpty: Bool { members.isEmpty }
  /// Whether the list has an error, which stops a run.
  public var hasErrors: Bool { members.contains { $0.severity == .error } }

  /// By file, line and column; those without a place come last.
  public var sorted: [Diagnostic] { members.sorted(by: Self.isBefore) }

  /// `2 errors, 1 warning`; empty without any.
  public var summary: String {
    Diagnostic.Severity.allCases.compactMap { severity in
      let count = members.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }.joined(separator: ", ")
  }

  private static func isBefore(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
    switch (left.position, right.position) {
    case (let one?, let other?) where one < other: return true
    case (let one?, let other?) where other < one: return false
    case (_?, nil): return true
    case (nil, _?): return false
    default:
      return (left.code.rawValue, left.message, left.label, left.severity.rawValue)
        < (right.code.rawValue, right.message, right.label, right.severity.rawValue)
    }
  }
}
