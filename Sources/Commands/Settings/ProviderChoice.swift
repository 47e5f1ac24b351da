import CommandLine
import Diagnostics
import Kinds
import Model

/// Finds the provider of a workload identity pool that accepts the tokens of a tool.
struct ProviderChoice: Sendable {
  let graph: DesiredGraph
  let options: FederationOptions
  let reporter: Reporter

  /// A provider, and its document if there is one.
  struct Found: Sendable {
    var place: ProviderPlace
    let resource: DesiredResource?
  }

  /// The provider that the options name, or the only one that the tool can use; with the number of its project, as far as
  /// the options or the members of policies name it.
  func find(for tool: String) throws -> Found {
    var found = try named(for: tool)
    found.place.number =
      options.projectNumber ?? found.place.number
      ?? (isOnly(found.place) ? found.place.numberInMembers(of: graph) : nil)
    return found
  }

  /// The providers of the manifests, in order of their addresses.
  private var declared: [Found] {
    graph.resources.values.filter { $0.origin == .declared && $0.lifecycle.ensure == .present }
      .sorted { $0.address < $1.address }
      .compactMap { resource in
        ProviderPlace(resource.address, spec: resource.spec).map {
          Found(place: $0, resource: resource)
        }
      }
  }

  /// Whether no other project has a pool of this name in the manifests: a member that names a number could mean it.
  private func isOnly(_ place: ProviderPlace) -> Bool {
    declared.allSatisfy { $0.place.pool != place.pool || $0.place.project == place.project }
  }

  private func named(for tool: String) throws -> Found {
    let known = declared
    let fits = known.filter(isNamed)
    if fits.isEmpty {
      if let name = options.provider, let place = ProviderPlace(fullName: name) {
        return Found(place: place, resource: nil)
      }
      throw undeclared(known)
    }
    let usable = fits.filter { accepts($0.place, tool) }
    if usable.count == 1 { return usable[0] }
    if usable.isEmpty { throw wrongIssuer(fits[0].place, tool) }
    let names = usable.compactMap(\.resource?.address.description).joined(separator: ", ")
    throw UsageError(
      "several providers accept tokens for `\(tool)`: choose with `--provider` one of \(names)")
  }

  private func isNamed(_ found: Found) -> Bool {
    guard let address = found.resource?.address else { return false }
    let place = found.place
    let pools = address.parent.map { [$0.id, $0.local, $0.description] } ?? []
    let isOfPool = options.pool.map(pools.contains) ?? true
    let names = [
      place.id, "\(place.pool)/\(place.id)", address.local, address.description, place.fullName,
      "projects/\(place.project)/locations/global/workloadIdentityPools/\(place.pool)/providers/\(place.id)",
    ]
    return isOfPool && (options.provider.map(names.contains) ?? true)
  }

  /// Whether a job of this tool can have a token of the provider's issuer.
  private func accepts(_ place: ProviderPlace, _ tool: String) -> Bool {
    switch tool {
    case "github-actions": place.isGitHub
    case "gitlab-ci": place.type == "oidc" && !place.isGitHub
    default: place.type != "x509"
    }
  }

  private func wrongIssuer(_ place: ProviderPlace, _ tool: String) -> EarlyExit {
    let tokens =
      place.issuer.map { "tokens of \(escapedForTerminal($0))" } ?? "no OpenID Connect tokens"
    let reason =
      tool == "credential-config"
      ? "is for X.509 certificates, for which gcloud writes the file"
      : "accepts \(tokens), which a job of `\(tool)` does not have"
    return reporter.earlyExit(
      .invalid, code: .danglingReference, "the provider `\(place.pool)/\(place.id)` \(reason)",
      help: [
        tool == "credential-config"
          ? "gcloud iam workload-identity-pools create-cred-config --help"
          : "declare a provider for its issuer, or choose another tool or `--provider`"
      ])
  }

  private func undeclared(_ known: [Found]) -> EarlyExit {
    let list = known.compactMap(\.resource?.address.description).joined(separator: ", ")
    let name = options.provider ?? options.pool
    let ids = known.flatMap { [$0.place.id, $0.place.pool] }
    let near = name.flatMap { closestMatch(to: $0, in: ids) }.map { "did you mean `\($0)`?" }
    let subject =
      switch (options.pool, options.provider) {
      case (let pool?, let provider?):
        "no document declares the provider `\(escapedForTerminal(provider))` of the pool `\(escapedForTerminal(pool))`"
      case (let pool?, nil):
        "no document declares a provider of the pool `\(escapedForTerminal(pool))`"
      case (nil, let provider?):
        "no document declares the provider `\(escapedForTerminal(provider))`"
      case (nil, nil): "no document declares a provider of a workload identity pool"
      }
    return reporter.earlyExit(
      .invalid, code: .danglingReference, subject,
      help: [
        near
          ?? (list.isEmpty
            ? "an example: arctl explain WorkloadIdentityPoolProvider"
            : "the manifests declare \(list)"),
        "for one that is managed elsewhere: --provider projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/ID",
      ])
  }
}
