import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// What stays although its declaration left the manifests, and the order in which the rest goes.
extension DroppedDeclarationTests {
  @Test func whatBelongsToAProjectThatNoManifestNamesStays() throws {
    let old = try graph(
      Self.document(
        "Repository", "theirs",
        "{project: other-project-id, format: go, iam: [{role: roles/artifactregistry.reader, members: [group:a@b.c]}]}"
      ), Self.libs)
    let found = dropped(old, try graph(Self.libs))
    #expect(Set(found.kept.values) == ["no manifest names its project any more"])
    #expect(found.pruned().dropped.isEmpty)
    #expect(found.pruned().policies.isEmpty)
  }

  @Test func aKeyThatWasNeverCreatedHereAndAParentOfWhatStaysStay() throws {
    let old = try graph(
      Self.document("ServiceAccount", "uploader", "{}"),
      Self.document(
        "ServiceAccountKey", "upload",
        "{serviceAccount: serviceAccount/uploader, destination: {file: upload.json}}",
        "lifecycle: {create: false}"), Self.libs,
      Self.document("Repository", "other", "{format: go}"))
    let found = dropped(old, try graph(Self.document("Repository", "other", "{format: go}")))
    #expect(
      found.kept.keys.map(\.local).sorted() == [
        "serviceAccount/uploader", "serviceAccountKey/uploader/upload",
      ])
    #expect(found.pruned().dropped.map(\.local) == ["repository/us-east4/libs"])
  }

  @Test func anAgentByItsNumberKeepsItsService() throws {
    let old = try graph(
      Self.document("Project", Self.project, "{services: [pubsub.googleapis.com]}"), Self.libs)
    let new = try graph(
      Self.document("Project", Self.project, "{}"),
      Self.granting("\"serviceAccount:service-12345@gcp-sa-pubsub.iam.gserviceaccount.com\""))
    #expect(dropped(old, new).kept.keys.map(\.id) == ["pubsub.googleapis.com"])
  }

  @Test(arguments: [
    "projects/my-project-id/locations/us-east4/repositories/libs",
    "https://us-east4-python.pkg.dev/my-project-id/libs",
  ])
  func aNameInAFieldKeepsWhatItNames(_ uri: String) throws {
    func remote(_ uri: String) -> String {
      Self.document(
        "Repository", "remote",
        "{format: python, mode: remote, remoteRepositoryConfig: {commonRepository: {uri: \"\(uri)\"}}}"
      )
    }
    let old = try graph(Self.libs, remote(uri))
    #expect(dropped(old, try graph(remote(uri))).pruned().dropped.isEmpty)
    // Not so a longer name.
    #expect(
      dropped(old, try graph(remote(uri + "-2"))).pruned().dropped.map(\.id) == ["libs"])
  }

  @Test func theGrantsOnAKeyThatEncryptsStay() throws {
    let key = "projects/my-project-id/locations/us-east4/keyRings/ring/cryptoKeys/key"
    let repository = Self.document("Repository", "libs", "{format: python, kmsKeyName: \(key)}")
    let old = try graph(
      repository,
      Self.document(
        "IAMBinding", "encrypt",
        "{resource: \(key), role: roles/cloudkms.cryptoKeyEncrypterDecrypter, members: [\"serviceAgent:artifactregistry@my-project-id\"]}"
      ))
    let found = dropped(old, try graph(repository))
    #expect(found.grants.count == 1)
    #expect(found.pruned().policies.isEmpty)
    let states = found.keptRows.map(\.state)
    #expect(states.count == 1)
    guard case .kept(let reason)? = states.first else { return }
    #expect(reason.hasSuffix("encrypts with it"))
  }

  /// A label that somebody changed since is not the one that the manifests wrote.
  @Test(arguments: [("web", true), ("by-hand", false)])
  func onlyTheLabelThatWasWrittenGoes(_ row: (live: String, goes: Bool)) throws {
    let old = try graph(
      Self.document("Repository", "libs", "{format: python, labels: {team: web}}"))
    let new = try graph(Self.libs)
    let found = dropped(old, new)
    let libs = try #require(new.resources.keys.first)
    var snapshot = Snapshot()
    snapshot.resources[libs] = .present(
      LiveResource(
        address: libs,
        value: [
          "format": "PYTHON", "mode": "STANDARD_REPOSITORY", "labels": ["team": .string(row.live)],
        ]))
    let plan = Planner(graph: found.pruned(), snapshot: snapshot).plan()
    #expect(plan.operations.count == (row.goes ? 1 : 0))
    #expect(found.rows(in: plan).count == (row.goes ? 1 : 0))
  }

  /// Google permits one rule for a whole repository: the old one goes first. A moved repository goes last.
  @Test func whatComesInItsPlaceIsOrdered() throws {
    func rule(_ name: String) -> String {
      Self.document(
        "Rule", name,
        "{repository: repository/libs, action: deny, operation: download}")
    }
    let old = try graph(
      Self.libs, rule("one"), Self.document("Repository", "moved", "{format: go}"))
    let new = try graph(
      Self.libs, rule("two"),
      Self.document("Repository", "moved", "{format: go, location: us-west1}"))
    let found = dropped(old, new)
    let pruned = found.pruned()
    var snapshot = Snapshot()
    for address in pruned.resources.keys {
      let exists = old.resources[address] != nil
      let format: JSONValue = address.id == "moved" ? "GO" : "PYTHON"
      let value: JSONValue =
        address.kind.name == "rule"
        ? ["action": "DENY", "operation": "DOWNLOAD"]
        : ["format": format, "mode": "STANDARD_REPOSITORY"]
      snapshot.resources[address] =
        exists ? .present(LiveResource(address: address, value: value)) : .absent(.confirmed)
    }
    var planner = Planner(graph: pruned, snapshot: snapshot)
    planner.overrides.allowed[.delete] = [AddressGlob("my-project-id/**")]
    let operations = planner.plan().operations
    func operation(_ text: String) throws -> Model.Operation {
      try #require(
        operations.first { $0.id.description.hasSuffix(text) }, "\(operations.map(\.id))")
    }
    let deletion = try operation("rule/us-east4/libs/one")
    #expect(try operation("rule/us-east4/libs/two").dependencies.contains(deletion.id))
    let creation = try operation("repository/us-west1/moved")
    #expect(try operation("repository/us-east4/moved").dependencies.contains(creation.id))
  }

  /// A key that was made elsewhere is known by its id: that another document has no file either makes them no less two.
  @Test func aKeyThatWasMadeElsewhereIsNeverPruned() throws {
    func key(_ name: String, _ digit: String) -> String {
      Self.document(
        "ServiceAccountKey", name,
        "{serviceAccount: uploader, origin: external, keyId: \(String(repeating: digit, count: 40))}"
      )
    }
    let account = Self.document("ServiceAccount", "uploader", "{}")
    let old = try graph(account, key("one", "1"), key("two", "2"))
    let gone = dropped(old, try graph(account, key("one", "1")))
    #expect(addresses(gone) == ["serviceAccountKey/uploader/two"])
    #expect(gone.kept.values.map { $0.hasPrefix("it was made elsewhere") } == [true])
    #expect(gone.pruned().keys.keys.map(\.id) == ["one"])
    // Under another name it is the same key.
    #expect(dropped(old, try graph(account, key("one", "1"), key("other", "2"))).isEmpty)
  }
}
