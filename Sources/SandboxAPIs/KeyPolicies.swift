import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Cloud KMS v1: the policies of keys, which decide whether repositories can be encrypted with them. Of a key itself only
/// its existence is served ([decision 36](../../docs/decisions/0036-keys-without-a-keyring.md)).
package enum KeyPolicies: ServedAPI {
  /// None: `PolicyRoutes` has the policies.
  package static let records: [any Record.Type] = []

  /// The operations on policies of keys.
  package static let routes: [Route] = [
    Route(
      .get, path, api: .keyManagement,
      access: .permission("cloudkms.cryptoKeys.get", on: .cryptoKey), run: get),
    route(.get, "getIamPolicy", run: PolicyRoutes.getByQuery)
      .taking("options.requestedPolicyVersion"),
    route(.post, "setIamPolicy", run: PolicyRoutes.set),
    Route(
      .post, "\(path):testIamPermissions", api: .keyManagement,
      access: .resource(.cryptoKey), run: PolicyRoutes.test),
  ]

  private static let path =
    "/v1/projects/{project}/locations/{location}/keyRings/{keyRing}/cryptoKeys/{cryptoKey}"

  private static func get(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    ["name": .string(try PolicyRoutes.target(call, state).path), "purpose": "ENCRYPT_DECRYPT"]
  }

  private static func route(
    _ method: HTTPMethod, _ verb: String, run: @escaping Handler
  ) -> Route {
    Route(
      method, "\(path):\(verb)", api: .keyManagement,
      access: .permission("cloudkms.cryptoKeys.\(verb)", on: .cryptoKey), run: run)
  }
}
