package import CloudResources
import Crypto
package import GoogleCloud
package import Model

/// A store of secrets that takes private halves and does not give them back.
///
/// A run claims the secret before it makes a key, notes the key's id in the claim, writes the private half, and
/// completes the note. Whatever interrupts it, the note says to a later run which key may have been lost.
protocol KeyVault: Sendable {
  /// What it shows now.
  func look() async throws(APIError) -> RemoteHolding
  /// Claims the secret. Throws `stale` if another run has claimed it or changed it since the look.
  func claim(_ claim: RemoteHolding.Claim) async throws(OperationFailure)
  /// Replaces the noted claim by this one, which has the new key, or says that the write begins. Its `time` counts from
  /// then on.
  func note(_ claim: RemoteHolding.Claim) async throws(OperationFailure)
  /// Writes a private half. Throws, before anything is sent, if the claim is not this run's any more or is too old.
  /// Returns the number of the write, if the store counts them.
  func put(
    _ file: CredentialFile, _ claim: RemoteHolding.Claim
  ) async throws(OperationFailure) -> Int?
  /// Completes the note: the secret holds this key, by the write with this number. Ends the claim.
  func confirm(_ keyID: String, _ write: Int?) async throws(OperationFailure)
  /// Ends a claim under which nothing was made.
  func release() async throws(OperationFailure)
  /// Removes what it holds of keys that are gone.
  func forget(_ keyIDs: [String]) async throws(OperationFailure)
  /// Removes all that it holds of this declaration, whose keys are gone.
  func clear() async throws(OperationFailure)
}

/// A credential file in memory, which is wiped with its last reference. It cannot be printed.
final class CredentialFile: Sendable, CustomStringConvertible, CustomReflectable {
  /// Google's id of the key.
  let keyID: String
  let bytes: SecretBytes

  init(keyID: String, _ bytes: consuming SecretBytes) {
    self.keyID = keyID
    self.bytes = bytes
  }

  /// `(credential file)`.
  var description: String { "(credential file)" }
  /// Without children.
  var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}

/// Finds the vaults of declared keys.
package struct KeyVaults: Sendable {
  let calls: CloudCalls
  /// The variables of the environment, in which a token for GitHub may be.
  let environment: [String: String]

  /// For the calls of one run.
  package init(calls: CloudCalls, environment: [String: String]) {
    self.calls = calls
    self.environment = environment
  }

  /// What the stores of these keys show, by the keys' addresses.
  package func look(at keys: [DesiredKey]) async -> [Address: Result<RemoteHolding, APIError>] {
    await withTaskGroup(of: (Address, Result<RemoteHolding, APIError>).self) { group in
      for key in keys where key.remote != nil {
        group.addTask { (key.address, await holding(of: key)) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
  }

  private func holding(of key: DesiredKey) async -> Result<RemoteHolding, APIError> {
    do throws(APIError) {
      guard let vault = try vault(of: key) else { return .success(RemoteHolding(.empty)) }
      return .success(try await vault.look())
    } catch {
      if error.kind == .unauthenticated || error.kind == .refused,
        case .githubActions? = key.remote
      {
        // A plan can be made without a token of GitHub's: then nothing is known, and nothing is changed.
        return .success(
          RemoteHolding(
            .unavailable(
              error.message,
              remedy: "set ARCTL_GITHUB_TOKEN, or leave the key out: --exclude \(key.address)")))
      }
      return .failure(error)
    }
  }

  /// The vault of a key; nil for a key whose private half goes to a file.
  func vault(of key: DesiredKey) throws(APIError) -> (any KeyVault)? {
    switch key.remote {
    case .secretManager(let project, let secret):
      return SecretManagerVault(calls: calls, key: key, project: project, secret: secret)
    case .githubActions(let place):
      return try GitHubVault(calls: calls, key: key, secret: place, environment: environment)
    case nil: return nil
    }
  }
}
