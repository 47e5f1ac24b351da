import Kinds
import Model

/// What a user should know about signing in by workload identity federation.
struct FederationNotes: Sendable {
  private let federation: Federation
  private let graph: DesiredGraph
  private var provider: ProviderPlace { federation.provider }

  init(_ federation: Federation, _ graph: DesiredGraph) {
    self.federation = federation
    self.graph = graph
  }

  /// The notes for the settings of one repository.
  ///
  /// - Parameters:
  ///   - uses: what the printed settings are for.
  ///   - place: the repository of each use.
  func of(
    _ uses: [ClientUse], on place: (ClientUse) -> RepositoryChoice.Found?
  ) -> [String] {
    let roles = uses.map { "\(ClientAccess.role(for: $0)) to \($0.rawValue)" }
      .joined(separator: ", ")
    let absent = uses.compactMap { use -> String? in
      guard let repository = place(use), let address = repository.address else { return nil }
      return missing(use, repository.place.id, address)
    }
    guard let account = federation.account else {
      return ["The identities of the pool `\(provider.pool)` need \(roles)."] + absent + direct
        + common
    }
    return [
      "The account \(account) needs \(roles). The identities of the pool `\(provider.pool)` need "
        + "\(ClientAccess.impersonation) on the account."
    ] + absent + impersonation + common
  }

  /// The notes for a file of credentials, which is for all repositories.
  var ofFile: [String] {
    (federation.account == nil ? direct : impersonation) + common
  }

  private func missing(_ use: ClientUse, _ id: String, _ address: Address) -> String? {
    let role = ClientAccess.role(for: use)
    let subject: String
    let access: ClientAccess
    if let account = federation.account {
      subject = account
      access = ClientAccess(of: account, in: graph)
    } else {
      subject = "identities of the pool `\(provider.pool)`"
      access = ClientAccess(ofIdentitiesOf: provider, in: graph)
    }
    switch access.answer(use, on: address) {
    case .granted: return nil
    case .conditional(let title):
      return "\(subject) may \(use.rawValue) on `\(id)` only under the condition `\(title)`."
    case .notGranted:
      return "No manifest gives \(subject) a role to \(use.rawValue) on `\(id)`: grant \(role)."
    }
  }

  /// Whether identities of the pool may act as the account, as far as the manifests show it.
  private var impersonation: [String] {
    let account = graph.resources.values.first {
      $0.address.accountEmail?.lowercased() == federation.account
    }
    guard let account else { return [] }
    let role = ClientAccess.impersonation
    switch ClientAccess(ofIdentitiesOf: provider, in: graph).mayActAs(account.address) {
    case .granted: return []
    case .conditional(let title):
      return [
        "Identities of the pool `\(provider.pool)` may act as the account only under the condition `\(title)`."
      ]
    case .notGranted:
      return [
        "No manifest lets an identity of the pool `\(provider.pool)` act as the account: grant \(role) on it to a "
          + "principalSet of the pool."
      ]
    }
  }

  private var direct: [String] {
    [
      "Without --account, policies name the identities themselves, and a token lives as long as that of the issuer: about 5 "
        + "minutes at GitHub. That Artifact Registry takes such a token is reported for Docker, and not verified for pip and "
        + "twine; if it refuses, name a service account with --account (docs/keyless.md)."
    ]
  }

  private var common: [String] { number + states }

  private var number: [String] {
    guard provider.number == nil else { return [] }
    return [
      "Manifests do not hold the number of the project. Give it with --project-number, or write it for "
        + "\(ProviderPlace.unknownNumber): `gcloud projects describe \(provider.project) --format='value(projectNumber)'`, or "
        + "after an apply the name in `arctl ls pools --output json`"
    ]
  }

  /// Why Google exchanges no token.
  private var states: [String] {
    let own = graph.resources.values.first {
      let place = ProviderPlace($0.address, spec: $0.spec)
      return place?.project == provider.project && place?.pool == provider.pool
        && place?.id == provider.id
    }
    guard let own else { return [] }
    return [own.address.parent, own.address].compactMap { $0.flatMap { graph.resources[$0] } }
      .filter { $0.lifecycle.ensure == .absent || $0.spec["disabled"] == .bool(true) }
      .map { "The manifests disable or delete \($0.address), so its identities cannot sign in." }
  }
}
