import JSON
import Model
import Reconcile
import Resources
import TestSupport
import Testing

/// Pairs of manifest sets: apply the old one, then the new one with `--since` and `--prune`.
@Suite struct PruneTests {
  /// A random set of one project, as manifests.
  private struct RandomSet {
    var services: [String]
    var repositories: [String: [String: String]] = [:]
    var accounts: [String]
    var grants: [Grant]

    /// A member with a role on the project or on a repository.
    struct Grant: Hashable {
      var resource: String
      var role: String
      var condition: String?
      var member: String
    }

    init(using random: inout SeededRandom) {
      services = random.some(["pubsub.googleapis.com", "secretmanager.googleapis.com"])
      accounts = random.some(["account-1", "account-2", "account-3"], 60)
      for name in random.some(["one", "two", "three", "four"], 60) {
        let place = random.pick(["us-east4", "europe-west1"])
        let labels = random.some(["a", "b", "c"])
        repositories["\(place)/\(name)"] = Dictionary(
          uniqueKeysWithValues: labels.map { ($0, random.pick(["x", "y"])) })
      }
      let resources = ["project"] + repositories.keys.sorted()
      let members =
        ["group:a@b.c", "group:d@e.f", "user:g@h.i"]
        + accounts.map { "serviceAccount:\($0)@my-project-id.iam.gserviceaccount.com" }
      grants = resources.flatMap { resource in
        members.filter { _ in random.chance(40) }.map { member in
          Grant(
            resource: resource,
            role: random.pick(["roles/artifactregistry.reader", "roles/artifactregistry.writer"]),
            condition: resource == "project" && random.chance(30)
              ? random.pick(["until: 2036-01-01", "until: 2037-01-01"]) : nil,
            member: member)
        }
      }
    }

    var text: String {
      var text = document(
        "Project", "my-project-id",
        "{services: [\((["artifactregistry.googleapis.com", "iam.googleapis.com"] + services).joined(separator: ", "))]}"
      )
      for (place, labels) in repositories.sorted(by: { $0.key < $1.key }) {
        let parts = place.split(separator: "/")
        let pairs = labels.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
          .joined(separator: ", ")
        text += document(
          "Repository", String(parts[1]),
          "{format: python, location: \(parts[0])\(pairs.isEmpty ? "" : ", labels: {\(pairs)}")}")
      }
      for account in accounts { text += document("ServiceAccount", account, "{}") }
      for (index, grant) in grants.enumerated() {
        let parts = grant.resource.split(separator: "/")
        let resource =
          parts.count == 1
          ? "projects/my-project-id"
          : "projects/my-project-id/locations/\(parts[0])/repositories/\(parts[1])"
        // An account of the set by its name, everything else as policies have it.
        let name = String(grant.member.prefix { $0 != "@" || !grant.member.hasPrefix("service") })
        text += document(
          "IAMBinding", "grant-\(index)",
          "{resource: \(resource), role: \(grant.role), members: [\"\(name)\"]\(grant.condition.map { ", \($0)" } ?? "")}"
        )
      }
      return text
    }

    private func document(_ kind: String, _ name: String, _ spec: String) -> String {
      "---\napiVersion: arctl.dev/v1\nkind: \(kind)\nmetadata: {name: \(name)}\nspec: \(spec)\n"
    }
  }

  /// What a project holds: names, labels, and one line for each grant.
  private struct State: Equatable {
    var services: Set<String> = []
    var labels: [String: [String: String]] = [:]
    var accounts: Set<String> = []
    var grants: Set<String> = []
  }

  private static let parent = "/v1/projects/my-project-id"
  private static let byHand = "by-hand"

  /// - Parameter locations: where repositories are looked for: nowhere in a project that has not enabled their API.
  private func state(
    _ stage: SandboxStage, locations: [String] = ["us-east4", "europe-west1"]
  ) async throws -> State {
    var state = State()
    for location in locations {
      let list = try await stage.call(.get, "\(Self.parent)/locations/\(location)/repositories")
      for repository in list["repositories"]?.array ?? [] {
        let name = try #require(repository["name"]?.string)
        let place = "\(location)/\(name.split(separator: "/").last ?? "")"
        state.labels[place] = (repository["labels"]?.object ?? [:]).reduce(into: [:]) {
          $0[$1.key] = $1.value.string
        }
        let policy = try await stage.call(.get, "/v1/\(name):getIamPolicy")
        state.grants.formUnion(Self.lines(place, policy))
      }
    }
    let accounts = try await stage.call(.get, "\(Self.parent)/serviceAccounts")
    state.accounts = Set((accounts["accounts"]?.array ?? []).compactMap { $0["email"]?.string })
    let services = try await stage.call(.get, "\(Self.parent)/services?filter=state:ENABLED")
    state.services = Set(
      (services["services"]?.array ?? []).compactMap { $0["name"]?.string }.map {
        String($0.split(separator: "/").last ?? "")
      })
    state.grants.formUnion(Self.lines("project", try await projectPolicy(stage)))
    return state
  }

  private func projectPolicy(_ stage: SandboxStage) async throws -> JSONValue {
    try await stage.call(
      .post, "/v1/projects/my-project-id:getIamPolicy",
      ["options": ["requestedPolicyVersion": 3]])
  }

  private static func lines(_ place: String, _ policy: JSONValue) -> Set<String> {
    Set(
      (policy["bindings"]?.array ?? []).flatMap { binding in
        (binding["members"]?.array ?? []).compactMap(\.string).map {
          "\(place) \(binding["role"]?.string ?? "") \($0) \(binding["condition"]?["title"]?.string ?? "")"
        }
      })
  }

  /// Adds what no manifest declares: a resource of each kind, a grant in each policy, a label on each repository.
  private func addByHand(_ stage: SandboxStage, _ state: State) async throws {
    _ = try await stage.call(
      .post, "\(Self.parent)/locations/us-east4/repositories?repositoryId=\(Self.byHand)",
      ["format": "GO"])
    _ = try await stage.call(
      .post, "\(Self.parent)/serviceAccounts", ["accountId": "by-hand-1", "serviceAccount": [:]])
    _ = try await stage.call(
      .post, "\(Self.parent)/services/storage.googleapis.com:enable", [:])
    for (place, labels) in state.labels {
      let parts = place.split(separator: "/")
      let name = "\(Self.parent)/locations/\(parts[0])/repositories/\(parts[1])"
      var all = JSONObject(labels.map { ($0.key, JSONValue.string($0.value)) })
      all["by"] = "hand"
      _ = try await stage.call(.patch, "\(name)?updateMask=labels", ["labels": .object(all)])
      try await grantByHand(stage, name, try await stage.call(.get, "\(name):getIamPolicy"))
    }
    try await grantByHand(
      stage, "/v1/projects/my-project-id", try await projectPolicy(stage))
  }

  private func grantByHand(_ stage: SandboxStage, _ name: String, _ policy: JSONValue) async throws
  {
    var changed = policy.object ?? [:]
    let binding: JSONValue = [
      "role": "roles/artifactregistry.reader", "members": ["user:by@hand.org"],
    ]
    // In the same binding as declared members, if there is one.
    var bindings = policy["bindings"]?.array ?? []
    if let index = bindings.firstIndex(where: {
      $0["role"]?.string == "roles/artifactregistry.reader" && $0["condition"] == nil
    }), var old = bindings[index].object {
      old["members"] = .array((old["members"]?.array ?? []) + ["user:by@hand.org"])
      bindings[index] = .object(old)
    } else {
      bindings.append(binding)
    }
    changed["bindings"] = .array(bindings)
    changed["version"] = 3
    _ = try await stage.call(.post, "\(name):setIamPolicy", ["policy": .object(changed)])
  }

  private func snapshot(_ stage: SandboxStage, _ graph: DesiredGraph) async throws -> (
    SnapshotReader, Snapshot
  ) {
    let reader = SnapshotReader(
      client: try await stage.client(), keys: stage.keyStore, kinds: stage.kinds)
    return (reader, await reader.readSnapshot(of: graph))
  }

  private func planner(_ graph: DesiredGraph, _ snapshot: Snapshot) -> Planner {
    var planner = Planner(graph: graph, snapshot: snapshot)
    for flag in Hazard.Flag.allCases { planner.overrides.allowed[flag] = [AddressGlob("**")] }
    planner.overrides.maximumDeletes = 1000
    planner.overrides.maximumRemovals = 1000
    return planner
  }

  @Test(arguments: 0..<10)
  func whatOnlyTheOldSetDeclaredGoesAndTheRestStays(_ round: Int) async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(state: seed)
    let (old, new) = (RandomSet(using: &random), RandomSet(using: &random))
    let stage = try SandboxStage()
    defer { stage.stop() }
    let empty = try await state(stage, locations: [])
    let (before, after) = (try stage.graph(old.text), try stage.graph(new.text))
    var report = try await stage.apply(before)
    try #require(report.failed.isEmpty, "seed \(seed): \(report.failed)")
    let applied = try await state(stage)
    try await addByHand(stage, applied)
    let foreign = try await stage.call(
      .get, "\(Self.parent)/locations/us-east4/repositories/\(Self.byHand)")

    let dropped = DroppedDeclarations(from: before, to: after)
    let pruned = dropped.pruned()
    let (_, read) = try await snapshot(stage, pruned)
    let plan = planner(pruned, read).plan()
    try #require(plan.isComplete && !plan.isRefused, "seed \(seed): \(summary(plan))")
    report = await stage.execute(plan, try await stage.client())
    try #require(report.failed.isEmpty, "seed \(seed): \(report.failed)")

    // What the new set declares, and what was there before or made by hand.
    var expected = State()
    expected.services = empty.services.union(new.services).union([
      "artifactregistry.googleapis.com", "iam.googleapis.com", "storage.googleapis.com",
    ])
    func email(_ id: String) -> String { "\(id)@my-project-id.iam.gserviceaccount.com" }
    expected.accounts = empty.accounts.union(new.accounts.map(email)).union([email("by-hand-1")])
    expected.labels = new.repositories
    expected.labels["us-east4/\(Self.byHand)"] = [:]
    for (place, labels) in new.repositories where old.repositories[place] != nil {
      expected.labels[place] = labels.merging(["by": "hand"]) { $1 }
    }
    expected.grants = empty.grants.union(
      new.grants.map { grant in
        let title = grant.condition.map { $0.replacing("until: ", with: "until-") } ?? ""
        return "\(grant.resource) \(grant.role) \(grant.member) \(title)"
      })
    for place in ["project"] + new.repositories.keys.filter({ old.repositories[$0] != nil }) {
      expected.grants.insert("\(place) roles/artifactregistry.reader user:by@hand.org ")
    }
    let actual = try await state(stage)
    #expect(actual == expected, "seed \(seed)")
    let same = try await stage.call(
      .get, "\(Self.parent)/locations/us-east4/repositories/\(Self.byHand)")
    #expect(same == foreign, "seed \(seed)")

    // Nothing is left to say or to do.
    let (_, again) = try await snapshot(stage, pruned)
    let second = planner(pruned, again).plan()
    #expect(!second.hasChanges, "seed \(seed): \(summary(second))")
    #expect(dropped.rows(in: second).isEmpty, "seed \(seed)")
  }

  /// A scope that deletes what is undeclared gains no location by a declaration that left the manifests.
  @Test func aDroppedLocationIsNoPlaceToDeleteIn() async throws {
    let stage = try SandboxStage()
    defer { stage.stop() }
    let stack =
      "---\napiVersion: arctl.dev/v1\nkind: Project\nmetadata: {name: my-project-id}\nspec: {services: [artifactregistry.googleapis.com]}\n"
    func repository(_ name: String, _ place: String) -> String {
      "---\napiVersion: arctl.dev/v1\nkind: Repository\nmetadata: {name: \(name)}\nspec: {format: go, location: \(place)}\n"
    }
    let before = try stage.graph(
      stack + repository("here", "us-east4") + repository("there", "asia-east1"))
    var after = try stage.graph(stack + repository("here", "us-east4"))
    #expect(try await stage.apply(before).failed.isEmpty)
    for place in ["us-east4", "asia-east1"] {
      _ = try await stage.call(
        .post, "\(Self.parent)/locations/\(place)/repositories?repositoryId=foreign",
        ["format": "GO"])
    }
    let kind = try #require(after.resources.keys.first { $0.id == "here" }).kind
    after.stack.scope.kinds[kind] = .authoritative
    let pruned = DroppedDeclarations(from: before, to: after).pruned()
    let (reader, read) = try await snapshot(stage, pruned)
    let plan = planner(pruned, reader.snapshot(read, reportingAsFor: after)).plan()
    let deleted = plan.changes.filter { $0.action == .delete }.map(\.address.local).sorted()
    #expect(deleted == ["repository/asia-east1/there", "repository/us-east4/foreign"])
    // A run that prunes nothing sees what it would see without the comparison.
    let limited = planner(after, reader.snapshot(read, limitedTo: after)).plan()
    let (_, plain) = try await snapshot(stage, after)
    let without = planner(after, plain).plan()
    #expect(limited.id == without.id)
    #expect(limited.undeclared == without.undeclared)
    #expect(summary(limited) == summary(without))
  }
}
