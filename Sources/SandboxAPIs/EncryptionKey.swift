import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// A key of Cloud KMS that exists: each well-formed name in a project of the sandbox is one
/// ([decision 36](../../docs/decisions/0036-keys-without-a-keyring.md)).
struct EncryptionKey {
  private let project: ProjectRecord
  private let resource: Resource

  /// Nil if there is no such key.
  ///
  /// - Parameter name: `projects/P/locations/L/keyRings/R/cryptoKeys/K`, with the project's id or number.
  init?(name: String, _ state: State) {
    let form =
      /projects\/([^\/]+)\/locations\/([^\/]+)\/keyRings\/([A-Za-z0-9_-]{1,63})\/cryptoKeys\/([A-Za-z0-9_-]{1,63})/
    guard let match = name.wholeMatch(of: form),
      let project = state.project(String(match.1)), project.deleteTime == nil,
      match.2 == "global" || Locations.isKnown(String(match.2))
    else { return nil }
    self.project = project
    resource = .cryptoKey(
      project: project.id, location: String(match.2), keyRing: String(match.3), id: String(match.4))
  }

  /// Whether an account can encrypt and decrypt with the key, for which the key's project must have enabled Cloud KMS.
  private func isUsable(by caller: Principal, _ state: State, now: Int64) -> Bool {
    project.services.contains(API.keyManagement.service)
      && ["useToDecrypt", "useToEncrypt"].allSatisfy {
        AccessCheck.allows(
          caller, permission: "cloudkms.cryptoKeyVersions.\($0)", on: resource, in: state, now: now
        )
      }
  }

  /// Whether an account can use the key with a name, which must exist.
  static func isUsable(
    _ name: String, by caller: Principal, _ state: State, now: Int64
  ) -> Bool {
    EncryptionKey(name: name, state)?.isUsable(by: caller, state, now: now) ?? false
  }

  /// What the creation of a repository ends with if Artifact Registry's agent cannot use the repository's key: the
  /// operation fails (hashicorp/terraform-provider-google issue 11913). Nil if it can, or if no key is named.
  static func refusal(of name: String?, for call: Call, _ state: State) -> APIError? {
    guard let name else { return nil }
    if let project = state[ProjectRecord.self][call.project],
      let key = EncryptionKey(name: name, state),
      key.isUsable(by: .registryAgent(of: project), state, now: call.now)
    {
      return nil
    }
    return APIError(
      .permissionDenied,
      "Permission denied on Cloud KMS key. Please ensure your Artifact Registry service account "
        + "has been authorized to use the configured key.")
  }
}
