import CloudResources
import GoogleCloud
import JSON
import Model

/// Writes one IAM policy: reads it, applies the intent, writes by compare-and-set on the etag, and checks the result.
/// Source: docs/google-apis.md#reading-and-writing-a-policy.
struct PolicyCalls: Sendable {
  let calls: CloudCalls
  /// The policy's address.
  let address: Address

  private var resource: Address { address.policyResource ?? address }

  /// Writes the intent, or as much of it as the server accepts.
  ///
  /// The API rejects the whole write for one bad member. The members that the refusal names are left out and the rest
  /// is written; if it names none of the added members, only the removals are written.
  func write(_ intent: PolicyIntent) async throws(OperationFailure) -> OperationResult {
    var refusals = PolicyRefusals(of: intent, policy: address)
    while true {
      // Ends because each recorded refusal makes the rest smaller, and `record` is false when nothing is left.
      switch await settled(refusals.rest) {
      case .settled(let result):
        if let failure = refusals.failure { throw failure }
        return result
      case .tooFewOwners:
        // Stale, because the plan kept enough owners: the policy has changed since.
        let failure = OperationFailure.stale(
          resource.rest?.label("setIamPolicy", resource) ?? "", PolicyOwners.tooFew.text)
        throw refusals.failure(after: failure)
      case .failed(let error):
        // Only a refusal of the contents can be met with less contents. Any other error would be the same for the rest.
        guard isRefusal(error), refusals.record(error) else {
          throw refusals.failure(after: OperationFailure(error))
        }
      }
    }
  }

  /// The outcome of the attempts to write an intent.
  private enum Outcome {
    /// The policy is as intended.
    case settled(OperationResult)
    /// Nothing was written: fewer than two direct owners would remain.
    case tooFewOwners
    case failed(APIError)
  }

  /// Makes the error a value, since `write` continues after a refusal.
  private func settled(_ intent: PolicyIntent) async -> Outcome {
    do throws(APIError) {
      return try await settle(intent)
    } catch {
      return .failed(error)
    }
  }

  /// Reads, applies and writes until the policy is as intended: at most six rounds against concurrent changes, and up
  /// to the patience limit for an account that this run has just created.
  private func settle(_ intent: PolicyIntent) async throws(APIError) -> Outcome {
    // Every round begins with a read, so that its etag and its merge are of the same state.
    var round = 0
    var pause = Pause(calls)
    while true {
      do {
        return try await writeOnce(intent, isFirst: round == 0)
      } catch {
        switch error.kind {
        case .aborted, .ambiguous:
          // An ambiguous write may have succeeded. The next round reads first, so it does not write twice.
          round += 1
          guard round < CloudCalls.rounds else { throw error }
          try await calls.backOff(attempt: round, error.label)
        case .invalidArgument, .failedPrecondition:
          // Policies refuse a new account until its creation has propagated, so this refusal can be temporary.
          // Does not count as a round, since the time limit of the pause bounds it.
          guard namesNewAccount(error),
            try await pause.wait(atMost: CloudCalls.patience, error.label)
          else { throw error }
        default: throw error
        }
      }
    }
  }

  private func writeOnce(
    _ intent: PolicyIntent, isFirst: Bool
  ) async throws(APIError) -> Outcome {
    let live = try await read()
    let wanted = intent.apply(to: live)
    // A write without changes would renew the etag, and make other writers lose their race.
    guard wanted != live else {
      // In a later round this may be the result of an own write whose answer was lost.
      return .settled(OperationResult(detail: isFirst ? "already so" : ""))
    }
    // Others may have removed owners since the plan, so the owners are counted again here.
    guard !intent.keepsOwners || !PolicyOwners.areTooFew(in: wanted, after: live) else {
      return .tooFewOwners
    }
    guard let call = resource.rest?.policyWrite(resource, wanted) else { throw hasNone }
    let written = try await calls.call(call, on: resource)
    // The answer is the policy after the write. It counts only if it is a policy and as intended; otherwise a read
    // decides.
    guard PolicyShape.problem(in: written) != nil || intent.apply(to: written) != written else {
      return .settled(OperationResult())
    }
    let again = try await read()
    guard intent.apply(to: again) == again else {
      // `aborted` starts another round: a writer in between and a read that lags look like this.
      throw APIError(.aborted, label: call.label, "the policy differs from what was written")
    }
    return .settled(OperationResult())
  }

  private func read() async throws(APIError) -> JSONValue {
    guard let call = ReadCalls.policy(address) else { throw hasNone }
    // Waits for a resource that this run created and that reads do not show yet.
    let policy = try await calls.call(call, on: resource)
    // A write based on a misread policy would remove grants.
    if let problem = PolicyShape.problem(in: policy) {
      throw APIError(.malformed, label: call.label, problem)
    }
    return policy
  }

  /// Whether the server refused the contents of the policy, for example a member that does not exist.
  private func isRefusal(_ error: APIError) -> Bool {
    error.kind == .invalidArgument || error.kind == .failedPrecondition
  }

  /// Whether the refusal names an account that this run created, and that policies may not know yet.
  private func namesNewAccount(_ error: APIError) -> Bool {
    // By its text, the only sign of this refusal that is known (docs/google-apis.md#members-of-policies).
    guard error.message.contains("does not exist") else { return false }
    let message = error.message.lowercased()
    return calls.memory.createdAccounts.contains { message.contains($0.lowercased()) }
  }

  private var hasNone: APIError { APIError(.other, label: "\(address)", "this kind has no policy") }
}
