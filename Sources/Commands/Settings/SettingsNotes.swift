import Kinds
import Model

/// What a user should know about the settings of a repository.
struct SettingsNotes: Sendable {
  let graph: DesiredGraph
  let found: RepositoryChoice.Found
  let target: RepositoryChoice.Found?
  let fronts: [RepositoryChoice.Found]
  let account: SettingsAccount
  let tool: ClientTool
  let method: AuthMethod

  /// Finds the repositories behind a virtual one, and their unique names.
  let choice: RepositoryChoice
  let isExtraIndex: Bool
  /// How the client signs in, for the method `federation`.
  let federation: Federation?

  var all: [String] {
    if let federation {
      return places + index + FederationNotes(federation, graph).of(uses, on: place(for:))
        + accounts
    }
    return places + index + roles + uses.compactMap(missing) + accounts + keys
  }

  private func place(for use: ClientUse) -> RepositoryChoice.Found? {
    use == .publish ? target : found
  }

  /// What the printed settings are for.
  private var uses: [ClientUse] {
    ClientUse.allCases.filter {
      tool.uses(by: method).contains($0) && ($0 == .install || target != nil)
    }
  }

  private var places: [String] {
    let id = found.place.id
    var notes: [String] = []
    if tool.uses(by: method).contains(.publish) {
      if let target, target.place != found.place {
        notes.append(
          "`\(id)` serves several repositories and takes no uploads: publish to `\(target.place.id)`."
        )
      } else if target == nil, found.place.isVirtual {
        notes.append(
          "`\(id)` serves several repositories and takes no uploads. No manifest says which standard repository is behind it."
        )
      } else if target == nil {
        notes.append("`\(id)` is a mirror and takes no uploads: publish to a standard repository.")
      }
    }
    for front in fronts where tool.uses(by: method).contains(.install) {
      notes.append(
        "`\(front.place.id)` serves this repository together with others. To install from it: `arctl settings "
          + "\(choice.uniqueName(of: front)) --tool \(tool.name)`")
    }
    return notes
  }

  /// What a client finds in the index, and whose packages.
  private var index: [String] {
    guard tool.uses(by: method).contains(.install), found.place.format == "PYTHON", !isExtraIndex
    else {
      return []
    }
    let behind = choice.upstreams(of: found)
    if found.place.isVirtual, behind.isWhole {
      let mirrors = behind.found.filter(\.place.isRemote)
      if mirrors.isEmpty { return [Self.onlyThisIndex] }
      guard behind.found.contains(where: \.place.takesUploads) else { return [] }
      return [
        "The index serves own packages and the mirror `\(mirrors[0].place.id)`, and the highest version of both wins: "
          + "register your names there, too (dependency confusion)."
      ]
    }
    return !found.place.isVirtual && !found.place.isRemote && tool.replacesIndex
      ? [Self.onlyThisIndex] : []
  }

  private static let onlyThisIndex =
    "This index is the only one, so packages of PyPI are not found. A virtual repository with a mirror of PyPI serves both."

  private var roles: [String] {
    guard !uses.isEmpty else { return [] }
    let parts = uses.map { "\(ClientAccess.role(for: $0)) to \($0.rawValue)" }
    return ["The account needs \(parts.joined(separator: ", "))."]
  }

  /// Why the account cannot do this, as far as the manifests show it.
  private func missing(_ use: ClientUse) -> String? {
    guard let email = account.email, let repository = place(for: use),
      let address = repository.address
    else { return nil }
    let place = "`\(repository.place.id)`"
    switch ClientAccess(of: email, in: graph).answer(use, on: address) {
    case .granted: return nil
    case .conditional(let title):
      return "\(email) may \(use.rawValue) on \(place) only under the condition `\(title)`."
    case .notGranted:
      return
        "No manifest gives \(email) a role to \(use.rawValue) on \(place): grant \(ClientAccess.role(for: use))."
    }
  }

  private var accounts: [String] {
    guard let email = account.email, account.isOff else { return [] }
    return ["The manifests disable or delete \(email), so it cannot sign in."]
  }

  private var keys: [String] {
    guard method == .key, account.keyFile == nil, account.storedSecret == nil else { return [] }
    let reason =
      account.email.map { "No manifest declares a key of \($0)" }
      ?? "No account is named with --account"
    return ["\(reason): write the path of a key file for KEY_FILE."]
  }
}
