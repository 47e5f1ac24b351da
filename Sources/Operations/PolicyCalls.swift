import CloudResources
import GoogleCloud
import JSON
import Model

/// Writes one IAM policy: read, apply the intent, compare-and-set by etag, and look at the result.
/// Source: gcp-api.md 2.7.
struct PolicyCalls: Sendable {
  let calls: CloudCalls
  /// The policy's address.
  let address: Address

  private var resource: Address { address.policyResource ?? address }

  func write(_ intent: PolicyIntent) async throws(OperationFailure) -> OperationResult {
    do {
      return try await settle(intent)
    } catch {
      guard isRefusedAddition(error), hasAdditions(intent) else { throw OperationFailure(error) }
      return try await withoutAdditions(intent, error)
    }
  }

  /// Read, apply, write, until the policy is as intended: at most six rounds against concurrent changes, and as long as
  /// patience lasts for an account that this run has just created.
  private func settle(_ intent: PolicyIntent) async throws(APIError) -> OperationResult {
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
  ) async throws(APIError) -> OperationResult {
    let live = try await read()
    let wanted = intent.apply(to: live)
    guard wanted != live else {
      return OperationResult(detail: isFirst ? "already so" : "")
    }
    let call = APICall(
      host, .post, ResourceNames.policyPath(of: resource, verb: "setIamPolicy") ?? "",
      body: ["policy": wanted], retry: .idempotentWrite, label: label("setIamPolicy"),
      consumerProject: address.project)
    let written = try await calls.call(call, on: resource)
    // The answer is the policy as it is now; one that is not as intended, or no policy at all, is not believed.
    guard PolicyShape.problem(in: written) != nil || intent.apply(to: written) != written else {
      return OperationResult()
    }
    let again = try await read()
    guard intent.apply(to: again) == again else {
      throw APIError(.aborted, call.label, "the policy is not what was written")
    }
    return OperationResult()
  }

  private func read() async throws(APIError) -> JSONValue {
    guard let call = ReadCalls.policy(address) else {
      throw APIError(.other, "\(address)", "this kind has no policy")
    }
    let policy = try await calls.call(call, on: resource)
    if let problem = PolicyShape.problem(in: policy) {
      throw APIError(.malformed, call.label, problem)
    }
    return policy
  }

  /// One member that the API refuses keeps the whole write from happening. Removals never wait for additions: they are
  /// written alone, and the additions are reported.
  private func withoutAdditions(
    _ intent: PolicyIntent, _ error: APIError
  ) async throws(OperationFailure) -> OperationResult {
    var failure = OperationFailure(error)
    let removals = intent.removalsOnly
    guard !removals.isEmpty else { throw failure }
    do {
      _ = try await settle(removals)
    } catch {
      throw OperationFailure(error)
    }
    failure.isPartial = true
    failure.help = "the removals were written; the additions were not"
    throw failure
  }

  private func hasAdditions(_ intent: PolicyIntent) -> Bool {
    intent.entries.contains { !$0.add.isEmpty }
  }

  private func isRefusedAddition(_ error: APIError) -> Bool {
    error.kind == .invalidArgument || error.kind == .failedPrecondition
  }

  private func namesNewAccount(_ error: APIError) -> Bool {
    guard error.message.contains("does not exist") else { return false }
    let message = error.message.lowercased()
    return calls.memory.createdAccounts.contains { message.contains($0.lowercased()) }
  }

  private var host: APIHost { ResourceNames.host(ofKind: resource.kind) }

  private func label(_ verb: String) -> String { "\(ReadCalls.noun(resource)).\(verb) \(resource)" }
}
