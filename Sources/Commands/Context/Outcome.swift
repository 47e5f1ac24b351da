/// How a run ended, in the order of precedence: when several apply, the first one is the exit code.
enum Outcome: Int, Sendable, Hashable, CaseIterable {
  case usage, invalid, interrupted, terminated, hungUp, access, refused, stale, keys, incomplete,
    declined,
    unexpected, changes, success

  /// The exit code.
  var code: Int32 {
    switch self {
    case .success: 0
    case .unexpected: 1
    case .changes: 2
    case .invalid: 3
    case .access: 4
    case .refused: 5
    case .stale: 6
    case .incomplete: 7
    case .declined: 8
    case .keys: 9
    case .usage: 64
    case .hungUp: 129
    case .interrupted: 130
    case .terminated: 143
    }
  }

  /// What the code means, for help pages.
  var meaning: String {
    switch self {
    case .success: "success"
    case .unexpected: "unexpected error"
    case .changes: "changes: plan --detailed-exitcode"
    case .invalid: "manifests invalid; no request was sent"
    case .access: "credentials, permission, or something unreadable: the plan is incomplete"
    case .refused: "refused by a guard"
    case .stale: "stale: the cloud or the manifests are no longer what --expect or --plan saw"
    case .incomplete: "apply partly done, or not converged; safe to run again"
    case .declined: "not approved: declined, or no terminal and no --auto-approve"
    case .keys: "key material needs attention; the message says which key and what to run"
    case .usage: "usage"
    case .interrupted: "interrupted, after finishing what was in flight"
    case .hungUp: "hung up (the terminal is gone), after finishing what was in flight"
    case .terminated: "terminated, after finishing what was in flight"
    }
  }

  /// The one of several that the run ends with; success when there is none.
  static func first(of outcomes: some Sequence<Outcome>) -> Outcome {
    outcomes.min { $0.rawValue < $1.rawValue } ?? .success
  }
}

/// The end of a run before its last stage, with everything to be told about it already printed.
struct Stop: Error, Sendable, Hashable {
  let outcome: Outcome
  init(_ outcome: Outcome) { self.outcome = outcome }
}
