package import CloudResources
package import GoogleCloud
import JSON

/// Takes one key out of use, whoever made it and whatever the manifests say.
package struct KeyRevocation: Sendable {
  /// How a key is taken out of use.
  package enum Action: String, Sendable, Hashable {
    /// It can be enabled again.
    case disable
    /// It is gone for good.
    case delete
  }

  let calls: CloudCalls
  let email: String
  /// `-` if the e-mail does not say it: Google finds the account then by the e-mail alone.
  let project: String
  let id: String
  /// Called once when the server does not show the key and the call is going to be repeated for a while.
  let onWait: @Sendable () -> Void

  /// For the key with this id of the account with this e-mail.
  package init(
    calls: CloudCalls, email: String, project: String, id: String,
    onWait: @escaping @Sendable () -> Void = {}
  ) {
    self.calls = calls
    self.email = email
    self.project = project
    self.id = id
    self.onWait = onWait
  }

  /// Sends the one request. Repeats it after a lost answer, and as long as a new key may not be visible everywhere
  /// (docs/google-apis.md#eventual-consistency): a key that leaked right after it was made must go, too. Both calls name the
  /// key, so a repeat does no harm.
  package func carryOut(_ action: Action) async throws(APIError) {
    let call = call(action)
    var pause = Pause(calls)
    var round = 0
    var mayBeDone = false
    while true {
      do {
        _ = try await calls.client.call(call)
        return
      } catch {
        switch error.kind {
        // After an attempt whose answer was lost, a key that is gone is the one that this run deleted.
        case .notFound where action == .delete && mayBeDone: return
        case .notFound:
          if round == 0 { onWait() }
          guard try await pause.wait(atMost: CloudCalls.patience, call.label) else { throw error }
        case .ambiguous where round < CloudCalls.rounds - 1:
          mayBeDone = true
          try await calls.backOff(attempt: round, call.label)
        default: throw error
        }
        round += 1
      }
    }
  }

  private func call(_ action: Action) -> APICall {
    let path = ["v1", "projects", project, "serviceAccounts", email, "keys", id]
    let consumer = project == "-" ? nil : project
    return switch action {
    case .disable:
      APICall(
        .iam, method: .post, path: APIPath.join(path, verb: "disable"), body: [:],
        retry: .idempotentWrite, label: "iam.serviceAccountKeys.disable \(email) \(id)",
        consumerProject: consumer)
    case .delete:
      APICall(
        .iam, method: .delete, path: APIPath.join(path), retry: .idempotentWrite,
        label: "iam.serviceAccountKeys.delete \(email) \(id)", consumerProject: consumer)
    }
  }
}
