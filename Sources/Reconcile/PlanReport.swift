import Diagnostics

/// What a plan has to say besides its changes.
struct PlanReport {
  let draft: PlanDraft

  func diagnostics() -> [Diagnostic] { keyWarnings() }

  private func keyWarnings() -> [Diagnostic] {
    draft.ordered().compactMap { change in
      guard change.remarks.contains(KeyDiff.rotationDue) else { return nil }
      return Diagnostic(
        .keyRotationDue, .warning, "`\(change.address)` is due for rotation", at: change.source,
        help: ["make a new one with --reissue \(change.address)"])
    }
  }
}
