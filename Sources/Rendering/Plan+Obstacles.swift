package import Diagnostics
package import Model

extension Plan {
  /// The rows that block an apply: refused rows, and rows that could not be read.
  package var blocked: [Change] {
    changes.filter { $0.action == .refused || $0.action == .unreadable }
  }

  /// The same rows as errors at their places in the manifests.
  package var obstacles: [Diagnostic] { blocked.flatMap(\.obstacles) }
}

extension Change {
  fileprivate var obstacles: [Diagnostic] {
    guard action == .refused else {
      return [
        obstacle(
          .permissionDenied, "could not be read: \(reason?.text ?? "the reason is not known")",
          at: source,
          help: remarks.map(\.text)
        )
      ]
    }
    return refusals.map { refusal in
      let field =
        refusal.code == .immutableField ? fields.first(where: \.isImmutable)?.source : nil
      return obstacle(
        refusal.code, "is refused: \(refusal.message)", at: field ?? source,
        help: [refusal.remedy].compactMap(\.self))
    }
  }

  private func obstacle(
    _ code: DiagnosticCode, _ message: String, at place: SourcePosition?, help: [String]
  ) -> Diagnostic {
    var diagnostic = Diagnostic(code, "`\(address)` \(message)", at: place, help: help)
    diagnostic.note = note
    return diagnostic
  }
}
