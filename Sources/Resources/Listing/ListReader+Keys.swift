import CloudResources
import GoogleCloud
import JSON
import Keys
import Model

extension ListReader {
  /// The credentials of every resource of their parent's kind: the keys of all accounts, each account's as soon as the
  /// list names it. If that list cannot be read, those of the declared accounts.
  func credentials(of kind: any ResourceKind, _ form: ListForm) async -> Listing.Part {
    guard let parent = kind.parent else { return Listing.Part() }
    let declared = Array(scope.graph.keys.values)
    var local = await LocalKeys.look(at: declared, keys)
    let vaults = KeyVaults(
      calls: CloudCalls(client: client, memory: RecentWrites()), environment: environment)
    local.add(await vaults.look(at: declared))
    let known = local
    let parts = await concurrently(scope.projects) { project in
      let (accounts, problems) = await accounts(of: parent, in: project, known)
      let keys = await concurrently(accounts) { await self.keys(of: $0, form, known) }
      return Listing.Part([Listing.Part(problems: problems)] + keys)
    }
    return Listing.Part(parts)
  }

  private func accounts(
    of kind: KindID, in project: String, _ local: LocalKeys
  ) async -> ([Account], [ListProblem]) {
    let withKeys = scope.graph.keys.values.map(\.account).filter { $0.project == project }
    let declared = Set(scope.declared(in: project).filter { $0.kind == kind } + withKeys).sorted()
      .map { Account(address: $0, email: local.email(of: $0)) }
    if scope.isDeclaredOnly { return (declared, []) }
    let listed = await listed(kind, in: project)
    let found = listed.found.map {
      Account(address: $0.address, email: $0.value["email"]?.string ?? "")
    }
    guard !listed.problems.isEmpty else { return (found, []) }
    let known = Set(found.map(\.address))
    return (found + declared.filter { !known.contains($0.address) }, listed.problems)
  }

  private struct Account: Sendable {
    let address: Address
    let email: String
  }

  private func keys(
    of account: Account, _ form: ListForm, _ local: LocalKeys
  ) async -> Listing.Part {
    let project = account.address.project
    let declarations = scope.graph.keys.values.filter { $0.account == account.address }
    do throws(APIError) {
      let answers = try await LiveKey.answers(
        email: account.email, project: project, client: client)
      var certified: [String: LiveKey] = [:]
      if !declarations.isEmpty {
        // Only a certificate shows whether an uploaded key without a file here is a declared one.
        let unknown = answers.map(\.key).filter { $0.isUploaded && !local.holdsFile(forKey: $0.id) }
        for key in try await LiveKey.withCertificates(
          unknown, email: account.email, project: project, client: client)
        {
          certified[key.id] = key
        }
      }
      var part = Listing.Part()
      for (listed, wire) in answers {
        let key = certified[listed.id] ?? local.completed(listed)
        let claim = Claim(key, declarations, local)
        var values = values(of: key, account.address, claim)
        values["where"] = place(of: key, declarations, local).map(JSONValue.string) ?? .null
        add(
          wire, form, values,
          names: ["\(account.address)/\(key.id)", "\(account.address.local)/\(key.id)"]
            + names(of: account.address) + [key.id],
          of: "\(account.address): key \(key.id)", to: &part)
      }
      return part
    } catch {
      // An account that was deleted in the meantime, or that is only declared, has no keys.
      if error.kind == .notFound { return Listing.Part() }
      return Listing.Part(problems: [ListProblem(error, project: project, what: "keys")])
    }
  }

  /// Where the private half of a key is: a file here, or a store that shows itself to hold it.
  private func place(
    of key: LiveKey, _ declarations: [DesiredKey], _ local: LocalKeys
  ) -> String? {
    local.path(ofKey: key.id)
      ?? declarations.first { local.storedIDs(of: $0.address).contains(key.id) }?.remote?.text
  }

  private func values(
    of key: LiveKey, _ account: Address, _ claim: Claim
  ) -> [String: JSONValue] {
    [
      "account": .string(account.description), "id": .string(key.id),
      "project": .string(account.project),
      "age": key.validAfter.map { .integer(max(0, scope.now - $0)) } ?? .null,
      "daysLeft": key.validBefore.map { .integer(LiveKey.days(until: $0, from: scope.now)) }
        ?? .null,
      "origin": .string(claim.origin.rawValue),
      "declared": claim.isDeclared.map(JSONValue.bool) ?? .null,
      "declaration": claim.declaration.map { .string($0.description) } ?? .null,
    ]
  }
}

/// Whether a declaration claims a live key: by its id, by the file at its destination, or by the name in the certificate.
private struct Claim {
  /// The declaration; nil if there is none, or if it is not known which.
  var declaration: Address?
  /// Nil if it is not known.
  var isDeclared: Bool?
  /// Who made it: as its declaration says, else as Google says.
  var origin: DesiredKey.Origin

  init(_ key: LiveKey, _ declarations: [DesiredKey], _ local: LocalKeys) {
    let present = declarations.filter { $0.lifecycle.ensure == .present }
    origin = key.isUploaded ? .uploaded : .google
    if let external = present.first(where: { $0.keyID == key.id }) {
      declaration = external.address
      isDeclared = true
      origin = .external
      return
    }
    let held = local.declaration(ofKey: key.id)
    declaration =
      present.first { $0.address == held || local.storedIDs(of: $0.address).contains(key.id) }?
      .address
      ?? present.first { $0.isNamed(key.commonName) && key.isUploaded }?.address
    if declaration != nil {
      isDeclared = true
      return
    }
    // A key from Google has no name: a declaration whose file is on another machine may be its.
    let isPossible =
      !key.isUploaded
      && present.contains {
        $0.origin == .google && local.fingerprints(of: $0.address).isEmpty
          && local.storedIDs(of: $0.address).isEmpty
      }
    isDeclared = isPossible ? nil : false
  }
}
