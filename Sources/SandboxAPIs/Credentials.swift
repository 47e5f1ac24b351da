import Crypto
import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// IAM Credentials v1: access tokens of another account. `Delegation` handles the delegates.
package enum Credentials: ServedAPI {
  /// None: tokens are not stored.
  package static let records: [any Record.Type] = []

  /// The operations of IAM Credentials.
  package static let routes: [Route] = [
    Route(
      .post, "/v1/projects/{project}/serviceAccounts/{account}:generateAccessToken",
      api: .credentials,
      access: .permission("iam.serviceAccounts.getAccessToken", on: .account),
      run: generateAccessToken)
  ]

  private static func generateAccessToken(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try call.body.allow("scope", "lifetime", "delegates")
    let account = try ServiceAccounts.present(call, state)
    guard !account.isDisabled else {
      throw APIError(.failedPrecondition, "Service account \(account.email) is disabled.")
    }
    let scopes = try call.body.strings("scope") ?? []
    guard !scopes.isEmpty else {
      throw .badField("scope", "The scope is required.")
    }
    let lifetime = try call.body.string("lifetime") ?? "3600s"
    guard let seconds = Int64(lifetime.dropLast()), lifetime.hasSuffix("s"),
      (1...3600).contains(seconds)
    else { throw .badField("lifetime", "The lifetime must be 1s to 3600s.") }
    let token = AccessToken.make(
      account: account, key: nil, scopes: Set(scopes), expires: call.nowSeconds + seconds,
      secret: Base64.decode(state.meta.tokenSecret) ?? [])
    // Clients compare the time with their own clock, which is the real one.
    let end = Timestamps.seconds(call.realNow) + seconds
    return ["accessToken": .string(token), "expireTime": .string(Timestamps.text(seconds: end))]
  }
}
