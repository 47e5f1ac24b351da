/// How a run ended, in order of precedence: when several apply, the first one is the exit code.
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
    case .changes: "the plan has changes (with plan --detailed-exitcode)"
    case .invalid: "invalid manifests; no request was sent"
    case .access: "no credentials, no permission or something unreadable: the plan is incomplete"
    case .refused: "refused by a guard"
    case .stale: "stale: the plan is no longer the one that --expect or --plan names"
    case .incomplete: "apply is incomplete or did not converge; running it again is safe"
    case .declined: "not approved: declined, or no terminal and no --auto-approve"
    case .keys: "a key needs manual action; the message names the key and the command"
    case .usage: "invalid usage"
    case .interrupted: "interrupted (SIGINT), after finishing operations in flight"
    case .hungUp: "hung up (SIGHUP), after finishing operations in flight"
    case .terminated: "terminated (SIGTERM), after finishing operations in flight"
    }
  }

  /// The first of several outcomes in order of precedence; success if there are none.
  static func first(of outcomes: some Sequence<Outcome>) -> Outcome {
    outcomes.min { $0.rawValue < $1.rawValue } ?? .success
  }
}

/// Ends the run early; its diagnostics are already printed.
struct EarlyExit: Error, Sendable, Hashable {
  let outcome: Outcome
  init(_ outcome: Outcome) { self.outcome = outcome }
}
