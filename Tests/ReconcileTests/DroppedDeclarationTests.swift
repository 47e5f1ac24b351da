import Diagnostics
import Model
import TestSupport
import Testing

@testable import Reconcile

/// What left the manifests since an earlier set of them.
@Suite struct DroppedDeclarationTests {
  static let project = "my-project-id"

  static func document(
    _ kind: String, _ name: String, _ spec: String, _ more: String = ""
  ) -> String {
    "---\napiVersion: arctl.dev/v1\nkind: \(kind)\nmetadata: {name: \(name)}\nspec: \(spec)\n\(more)\n"
  }

  func graph(_ documents: String..., stack: String = "") throws -> DesiredGraph {
    try Loading.graph(Loading.stack + stack + documents.joined())
  }

  func dropped(_ old: DesiredGraph, _ new: DesiredGraph, besides: [DesiredGraph] = [])
    -> DroppedDeclarations
  {
    DroppedDeclarations(from: old, to: new, besides: besides)
  }

  func addresses(_ dropped: DroppedDeclarations) -> [String] {
    (dropped.resources.keys.map(\.local) + dropped.keys.keys.map(\.local)).sorted()
  }

  func grants(_ dropped: DroppedDeclarations) -> [String] {
    dropped.grants.flatMap { policy, grants in
      grants.keys.map {
        "\(policy.local) \($0.role) \($0.member)" + ($0.condition.map { " if \($0.title)" } ?? "")
      }
    }.sorted()
  }

  static let libs = document("Repository", "libs", "{format: python}")

  static func granting(_ members: String, _ more: String = "") -> String {
    document(
      "Repository", "libs",
      "{format: python, iam: [{role: roles/artifactregistry.reader, members: [\(members)]\(more)}]}"
    )
  }

  @Test func namesResourcesServicesKeysLabelsAndGrants() throws {
    let old = try graph(
      Self.document(
        "Project", Self.project, "{services: [pubsub.googleapis.com, storage.googleapis.com]}"),
      Self.document("Repository", "libs", "{format: python, labels: {team: web, keep: me}}"),
      Self.document("Repository", "old", "{format: docker}"),
      Self.document("ServiceAccount", "uploader", "{}"),
      Self.document(
        "ServiceAccountKey", "upload",
        "{serviceAccount: serviceAccount/uploader, destination: {file: upload.json}}"),
      Self.document(
        "IAMBinding", "readers",
        "{resource: repository/libs, role: roles/artifactregistry.reader, members: [group:a@b.c, group:d@e.f]}"
      ))
    let new = try graph(
      Self.document("Project", Self.project, "{}"),
      Self.document("Repository", "libs", "{format: python, labels: {keep: you}}"),
      Self.document("ServiceAccount", "uploader", "{}"),
      Self.document(
        "IAMBinding", "readers",
        "{resource: repository/libs, role: roles/artifactregistry.reader, members: [group:a@b.c]}"))
    let found = dropped(old, new)
    // `storage` is enabled in every new project: nobody has to declare it.
    #expect(
      addresses(found) == [
        "repository/us-east4/old", "service/pubsub.googleapis.com",
        "serviceAccountKey/uploader/upload",
      ])
    #expect(
      grants(found) == ["iam/repository/us-east4/libs roles/artifactregistry.reader group:d@e.f"])
    #expect(found.labels.values.map { $0.keys.sorted() } == [["team"]])
    #expect(found.kept.isEmpty)
    #expect(found.resources.values.allSatisfy { $0.source.line > 1 })
  }

  @Test func nothingLeavesWhereTheResultIsTheSame() throws {
    let old = try graph(
      Self.granting("group:A@b.c"), Self.document("Repository", "one", "{format: python}"),
      Self.document("Repository", "two", "{format: python}"))
    let new = try graph(
      Self.document("Repository", "${n}", "{format: python}", "each: {n: [two, one]}")
        .replacing("{name: ${n}}", with: "{name: \"${n}\"}"),
      Self.libs,
      Self.document(
        "IAMBinding", "x",
        "{resource: projects/my-project-id/locations/us-east4/repositories/libs, role: roles/artifactregistry.reader, members: [group:a@B.C]}"
      ))
    #expect(dropped(old, new).isEmpty)
  }

  @Test(arguments: [
    // A changed location and a changed name.
    (
      document("Repository", "libs", "{format: python, location: us-east4}"),
      document("Repository", "libs", "{format: python, location: us-west1}")
    ), (libs, document("Repository", "libs2", "{format: python}")),
  ])
  func aChangedIdentityIsARemovalOfTheOld(_ pair: (old: String, new: String)) throws {
    let found = dropped(try graph(pair.old), try graph(pair.new))
    #expect(addresses(found) == ["repository/us-east4/libs"])
  }

  @Test(arguments: [
    (", until: 2037-01-01", ", until: 2036-01-01", "until-2037-01-01"),
    (
      ", condition: {title: t, expression: \"request.time.getHours() > 6\"}",
      ", condition: {title: t, expression: \"request.time.getHours() > 8\"}", "t"
    ),
    // A grant whose `until` is past was declared as well.
    (", until: 2020-01-01", "", "until-2020-01-01"),
  ])
  func anotherConditionIsARemovalOfTheOld(_ row: (old: String, new: String, title: String)) throws {
    // The earlier set is loaded as at the beginning of time.
    var loading = Loading(Loading.stack + Self.granting("group:a@b.c", row.old))
    loading.now = 0
    let old = try #require(loading.run().graph)
    let found = dropped(old, try graph(Self.granting("group:a@b.c", row.new)))
    #expect(
      grants(found) == [
        "iam/repository/us-east4/libs roles/artifactregistry.reader group:a@b.c if \(row.title)"
      ])
  }

  @Test func whatAnotherStackDeclaresHasNotLeft() throws {
    let old = try graph(
      Self.granting("group:a@b.c"), Self.document("ServiceAccount", "uploader", "{}"))
    let other = try graph(Self.granting("group:a@b.c"))
    let found = dropped(
      old, try graph(Self.document("Repository", "x", "{format: go}")), besides: [other])
    #expect(addresses(found) == ["serviceAccount/uploader"])
    #expect(grants(found).isEmpty)
  }

  @Test func whatWasToBeAbsentAndWhatWasOnlyReferredToHasNotLeft() throws {
    let old = try graph(
      Self.document("Repository", "gone", "{}", "lifecycle: {ensure: absent}"),
      Self.document(
        "IAMBinding", "x",
        "{resource: projects/my-project-id/locations/us-east4/repositories/theirs, role: roles/artifactregistry.reader, absent: [group:a@b.c]}"
      ), Self.libs)
    #expect(dropped(old, try graph(Self.libs)).isEmpty)
  }

  @Test func aReferenceKeepsWhatItNames() throws {
    let old = try graph(Self.libs, Self.document("Repository", "own", "{format: python}"))
    let new = try graph(
      Self.document(
        "IAMBinding", "x",
        "{resource: projects/my-project-id/locations/us-east4/repositories/libs, role: roles/artifactregistry.reader, members: [group:a@b.c]}"
      ))
    #expect(addresses(dropped(old, new)) == ["repository/us-east4/own"])
  }

  @Test func aRenamedKeyKeepsItsFile() throws {
    let account = Self.document("ServiceAccount", "uploader", "{}")
    func key(_ name: String) -> String {
      Self.document(
        "ServiceAccountKey", name,
        "{serviceAccount: serviceAccount/uploader, destination: {file: upload.json}}")
    }
    #expect(dropped(try graph(account, key("one")), try graph(account, key("two"))).isEmpty)
  }

  @Test func projectsAndWhatExistedBeforeAreNeverPruned() throws {
    let old = try graph(
      Self.document("Project", "other-project-id", "{}"),
      Self.document("ServiceAccount", "shared", "{}", "lifecycle: {create: false}"), Self.libs)
    let found = dropped(old, try graph(Self.libs))
    #expect(found.kept.keys.map(\.local).sorted() == ["project", "serviceAccount/shared"])
    let pruned = found.pruned()
    #expect(pruned.dropped.isEmpty)
    #expect(found.keptRows.map(\.address.local).sorted() == ["project", "serviceAccount/shared"])
  }

  @Test func anAccountThatGrantsNameByItsEMailStays() throws {
    let old = try graph(Self.libs, Self.document("ServiceAccount", "uploader", "{}"))
    let new = try graph(
      Self.granting("\"serviceAccount:uploader@my-project-id.iam.gserviceaccount.com\""))
    let found = dropped(old, new)
    // Either the reference keeps it, or the rule about grants.
    #expect(found.pruned().dropped.isEmpty)
  }

  @Test func aServiceWhoseAgentHoldsARoleStays() throws {
    func set(_ services: String) throws -> DesiredGraph {
      try graph(
        Self.document(
          "Project", Self.project, services.isEmpty ? "{}" : "{services: [\(services)]}"),
        Self.granting("serviceAgent:cloudbuild@my-project-id"))
    }
    let found = dropped(try set("cloudbuild.googleapis.com, pubsub.googleapis.com"), try set(""))
    #expect(found.kept.keys.map(\.id) == ["cloudbuild.googleapis.com"])
    #expect(found.pruned().dropped.map(\.id) == ["pubsub.googleapis.com"])
  }

  @Test func protectionAndLimitsOfBothSetsHold() throws {
    let old = try Loading.graph(
      """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: test}
      spec:
        defaults: {project: my-project-id, location: us-east4}
        protect: ["**/repository/**"]
        limits: {maxDeletes: 1, maxRemovals: 7}

      """ + Self.libs
        + Self.document("ServiceAccount", "uploader", "{}", "lifecycle: {protect: true}"))
    let new = try Loading.graph(
      """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: test}
      spec:
        defaults: {project: my-project-id, location: us-east4}
        limits: {maxDeletes: 2, maxRemovals: 3}

      """ + Self.document("Repository", "x", "{format: go}"))
    let pruned = dropped(old, new).pruned()
    #expect(pruned.stack.maximumDeletes == 1)
    #expect(pruned.stack.maximumRemovals == 3)
    #expect(pruned.stack.protected.map(\.pattern) == ["**/repository/**"])
    let account = pruned.resources.values.first { $0.address.id == "uploader" }
    #expect(account?.lifecycle.ensure == .absent)
    #expect(account?.lifecycle.protect == true)
  }

  @Test func theAgentOfAProjectIsTheSameByIDAndByNumber() throws {
    let old = try graph(Self.granting("serviceAgent:artifactregistry@my-project-id"))
    let member = "serviceAccount:service-12345@gcp-sa-artifactregistry.iam.gserviceaccount.com"
    let new = try graph(Self.granting("\"\(member)\""))
    let found = dropped(old, new)
    #expect(!found.isEmpty)
    let libs = try #require(new.resources.keys.first { $0.id == "libs" })
    var snapshot = Snapshot()
    snapshot.resources[libs] = .present(
      LiveResource(address: libs, value: ["format": "PYTHON", "mode": "STANDARD_REPOSITORY"]))
    snapshot.policies[libs.policy] = .present([
      "bindings": [["role": "roles/artifactregistry.reader", "members": [.string(member)]]]
    ])
    snapshot.projectNumbers = ["my-project-id": "12345"]
    let plan = Planner(graph: found.pruned(), snapshot: snapshot).plan()
    #expect(found.rows(in: plan).isEmpty)
    #expect(plan.operations.isEmpty)
    // Without the number nothing can be said, which is not the same as nothing.
    snapshot.projectNumbers = [:]
    let blind = Planner(graph: found.pruned(), snapshot: snapshot).plan()
    #expect(
      found.rows(in: blind).allSatisfy { if case .unreadable = $0.state { true } else { false } })
    #expect(!blind.isComplete)
  }

  @Test func whatCannotBeReadIsNotGone() throws {
    let old = try graph(
      Self.granting("group:a@b.c"), Self.document("Repository", "old", "{format: go}"))
    let found = dropped(old, try graph(Self.libs))
    let plan = Planner(graph: found.pruned(), snapshot: Snapshot()).plan()
    let rows = found.rows(in: plan)
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { if case .unreadable = $0.state { true } else { false } })
    #expect(!SinceReport(commit: "c", isPruned: false, rows: rows).isComplete)
  }

  /// The commit belongs to what is approved, as far as the plan removes something.
  @Test func theIDCoversTheCommitOfAPlanThatPrunes() throws {
    let libs = try graph(Self.libs)
    let dropped = dropped(
      try graph(Self.libs, Self.document("Repository", "old", "{format: go}")), libs)
    let old = try #require(dropped.resources.keys.first)
    var snapshot = Snapshot()
    for address in [old] + libs.resources.keys {
      snapshot.resources[address] = .present(
        LiveResource(address: address, value: ["format": "GO", "mode": "STANDARD_REPOSITORY"]))
    }
    func id(_ commit: String?) -> String? {
      var planner = Planner(graph: dropped.pruned(), snapshot: snapshot)
      planner.overrides.allowed[.delete] = [AddressGlob("my-project-id/**")]
      planner.prunedSince = commit
      return planner.plan().id
    }
    #expect(id("one") != nil)
    #expect(id("one") == id("one"))
    #expect(id("one") != id("two"))
    #expect(id("one") != id(nil))
  }
}
