import CloudResources
import GoogleCloud
import JSON
import Model

/// Writes one IAM policy: read, apply the intent, compare-and-set by etag, and look at the result.
/// Source: docs/google-apis.md#reading-and-writing-a-policy.
struct PolicyCalls: Sendable {
  let calls: CloudCalls
  /// The policy's address.
  let address: Address

  private var resource: Address { address.policyResource ?? address }

  /// Writes the intent, or as much of it as the server takes.
  ///
  /// One member that the API refuses keeps the whole write from happening: those that a refusal names are left out, and the
  /// rest is written. Where a refusal names none of the added members, the removals alone are.
  func write(_ intent: PolicyIntent) async throws(OperationFailure) -> OperationResult {
    var refusals = PolicyRefusals(of: intent, policy: address)
    while true {
      switch await settled(refusals.rest) {
      case .settled(let result):
        if let failure = refusals.failure { throw failure }
        return result
      case .tooFewOwners:
        let failure = OperationFailure.stale(
          resource.rest?.label("setIamPolicy", resource) ?? "", PolicyOwners.tooFew.text)
        throw refusals.failure(after: failure)
      case .failed(let error):
        guard isRefusal(error), refusals.record(error) else {
          throw refusals.failure(after: OperationFailure(error))
        }
      }
    }
  }

  /// How the attempts to write an intent ended.
  private enum Outcome {
    /// The policy is as intended.
    case settled(OperationResult)
    /// Nothing was written: it would leave fewer than two direct owners.
    case tooFewOwners
    case failed(APIError)
  }

  private func settled(_ intent: PolicyIntent) async -> Outcome {
    do throws(APIError) {
      return try await settle(intent)
    } catch {
      return .failed(error)
    }
  }

  /// Read, apply, write, until the policy is as intended: at most six rounds against concurrent changes, and as long as
  /// patience lasts for an account that this run has just created.
  private func settle(_ intent: PolicyIntent) async throws(APIError) -> Outcome {
    var round = 0
    var pause = Pause(calls)
    while true {
      do {
        return try await writeOnce(intent, isFirst: round == 0)
      } catch {
        switch error.kind {
        case .aborted, .ambiguous:
          round += 1
          guard round < CloudCalls.rounds else { throw error }
          try await calls.breathe(round: round, error.label)
        case .invalidArgument, .failedPrecondition:
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
    guard wanted != live else {
      return .settled(OperationResult(detail: isFirst ? "already so" : ""))
    }
    guard !intent.keepsOwners || !PolicyOwners.areTooFew(in: wanted, after: live) else {
      return .tooFewOwners
    }
    guard let call = resource.rest?.policyWrite(resource, wanted) else { throw hasNone }
    let written = try await calls.call(call, on: resource)
    // The answer is the policy as it is now; one that is not as intended, or no policy at all, is not believed.
    guard PolicyShape.problem(in: written) != nil || intent.apply(to: written) != written else {
      return .settled(OperationResult())
    }
    let again = try await read()
    guard intent.apply(to: again) == again else {
      throw APIError(.aborted, call.label, "the policy differs from what was written")
    }
    return .settled(OperationResult())
  }

  private func read() async throws(APIError) -> JSONValue {
    guard let call = ReadCalls.policy(address) else { throw hasNone }
    let policy = try await calls.call(call, on: resource)
    if let problem = PolicyShape.problem(in: policy) {
      throw APIError(.malformed, call.label, problem)
    }
    return policy
  }

  private func isRefusal(_ error: APIError) -> Bool {
    error.kind == .invalidArgument || error.kind == .failedPrecondition
  }

  private func namesNewAccount(_ error: APIError) -> Bool {
    guard error.message.contains("does not exist") else { return false }
    let message = error.message.lowercased()
    return calls.memory.createdAccounts.contains { message.contains($0.lowercased()) }
  }

  private var hasNone: APIError { APIError(.other, "\(address)", "this kind has no policy") }
}
