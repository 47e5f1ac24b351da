import JSON
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// Deletes and undeletes service accounts, with the effects on policies.
enum AccountDeletion {
  /// Deletes an account. Its policies and keys stay for an undelete.
  static func delete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var account = try ServiceAccounts.present(call, state)
    guard account.email != OwnerAccount.email else {
      throw APIError(.failedPrecondition, "The sandbox needs its own account \(account.email).")
    }
    account.deleteTime = call.now
    state.put(account)
    replace(live(account), by: deleted(account), in: &state)
    return [:]
  }

  static func undelete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let id = call["account"]
    let home = state.project(call["project"])?.id ?? call["project"]
    let found = state[AccountRecord.self][id].flatMap {
      home == "-" || home == $0.project ? $0 : nil
    }
    // Checked first, and refused only with words from the request, so that callers cannot learn which accounts exist.
    // An account that was deleted more than 30 days ago is as unknown as one that never existed.
    let permission = "iam.serviceAccounts.undelete"
    let asked = Resource.project(home == "-" ? found?.project ?? home : home)
    guard let caller = call.caller, var account = found, !account.isPurged(now: call.now),
      AccessCheck.allows(caller, permission: permission, on: asked, in: state, now: call.now)
    else { throw AccessCheck.denial(permission, on: .absentAccount(id, project: home), .iam) }
    guard account.deleteTime != nil else {
      throw APIError(
        .failedPrecondition, "Service account \(id) is not deleted.", reason: "failedPrecondition")
    }
    // Two live accounts cannot share an e-mail, which policies name them by.
    guard state.account(email: account.email) == nil else {
      throw APIError(
        .failedPrecondition,
        "Service account \(account.email) cannot be undeleted: a new account has its e-mail.",
        reason: "failedPrecondition")
    }
    account.deleteTime = nil
    state.put(account)
    replace(deleted(account), by: live(account), in: &state)
    return ["restoredAccount": ServiceAccounts.json(account)]
  }

  /// The account as policies name it while it is live.
  private static func live(_ account: AccountRecord) -> String { "serviceAccount:\(account.email)" }

  /// The account as policies name it after its deletion (docs/google-apis.md#service-accounts).
  private static func deleted(_ account: AccountRecord) -> String {
    "deleted:serviceAccount:\(account.email)?uid=\(account.uniqueID)"
  }

  /// Renames a member in every policy. The etags stay, because no caller wrote the policies.
  private static func replace(_ old: String, by new: String, in state: inout State) {
    let found = state[PolicyRecord.self].rows.values.filter { policy in
      policy.bindings.contains { $0.members.contains(old) }
    }
    for var policy in found {
      for index in policy.bindings.indices {
        let members = policy.bindings[index].members.map { $0 == old ? new : $0 }
        policy.bindings[index].members = Set(members).sorted()
      }
      state.put(policy)
    }
  }
}
