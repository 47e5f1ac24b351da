import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// The certificates that verify what accounts signed, as `www.googleapis.com` publishes them: by the id of the key.
package enum SigningCertificates: ServedAPI {
  /// None: the records of the keys have them.
  package static let records: [any Record.Type] = []

  /// The lists, which need no credential.
  package static let routes: [Route] = [
    Route(.get, "/oauth2/v1/certs", api: .tokens, access: .open) { (call, _) throws(APIError) in
      [IDToken.keyID: .string(String(decoding: try call.signer().certificate.pem, as: UTF8.self))]
    },
    Route(
      .get, "/service_accounts/v1/metadata/x509/{account}", api: .tokens, access: .open,
      run: ofAccount),
  ]

  private static func ofAccount(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let name = call["account"]
    guard let account = state.account(email: name.lowercased()) ?? state[AccountRecord.self][name],
      account.deleteTime == nil
    else { throw .unknownAccount }
    var answer: JSONObject = [:]
    for key in state.keys(of: account) where !key.isDisabled {
      answer[key.id] = .string(key.certificate)
    }
    return .object(answer)
  }
}
