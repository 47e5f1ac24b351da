import SandboxIAM
import SandboxStore
import SandboxWire

/// Chains of delegates in requests to IAM Credentials (discovery `iamcredentials.v1`).
///
/// Each account in the chain needs `iam.serviceAccounts.implicitDelegation` on the next one, and the caller needs it on
/// the first. The last account needs the permission on the target.
enum Delegation {
  /// The account that needs the route's permission: the caller, or the last delegate that it names.
  static func effectiveCaller(of call: Call, _ state: State) throws(APIError) -> Principal? {
    guard call.route.api == .credentials, var effectiveCaller = call.caller else {
      return call.caller
    }
    for name in try call.body.strings("delegates") ?? [] {
      let next = try account(name, state)
      let permission = "iam.serviceAccounts.implicitDelegation"
      guard
        AccessCheck.allows(
          effectiveCaller, permission: permission, on: .account(next), in: state, now: call.now)
      else { throw AccessCheck.denial(permission, on: .account(next), .credentials) }
      guard !next.isDisabled else {
        throw APIError(.failedPrecondition, "Service account \(next.email) is disabled.")
      }
      effectiveCaller = Principal(email: next.email, uniqueID: next.uniqueID)
    }
    return effectiveCaller
  }

  /// Finds `projects/-/serviceAccounts/E`, where E is an e-mail or a unique id.
  private static func account(_ name: String, _ state: State) throws(APIError) -> AccountRecord {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, parts[0] == "projects", parts[1] == "-", parts[2] == "serviceAccounts"
    else {
      throw .badField(
        "delegates", "Invalid delegate \"\(name)\": write it as projects/-/serviceAccounts/ACCOUNT."
      )
    }
    let byID = state[AccountRecord.self][parts[3]].flatMap { $0.deleteTime == nil ? $0 : nil }
    guard let account = byID ?? state.account(email: parts[3].lowercased()) else {
      throw .unknownAccount
    }
    return account
  }
}
