import JSON
import Kinds
import Model
import Reconcile
import TestSupport
import Testing

@testable import Resources

/// Every field of every kind with values that no server sends or that prove nothing: such an answer is never a reason
/// to create, replace, delete or undelete, and a value of the wrong type is unreadable.
@Suite struct OddFieldTests {
  /// One resource with every field, and one way to damage it.
  private struct Sample {
    let address: Address
    let live: JSONObject
    let schema: Schema
    /// The fields below which this sample is damaged; empty: all.
    var only: String = ""
  }

  private static func samples() throws -> [Sample] {
    var samples: [Sample] = []
    let fixed: [(Address, JSONObject)] = [
      (Make.project, [:]), (Make.account, [:]), (Make.role, ["deleted": false]),
      (Make.repository, ["remoteRepositoryConfig": [:]]),
    ]
    for (address, fields) in fixed {
      let schema = try #require(address.kind.resource?.schema)
      var all = Make.live(address).object ?? [:]
      for (name, value) in fields { all[name] = value }
      samples.append(
        Sample(address: address, live: LiveSamples.value(of: schema, all), schema: schema))
    }
    let repository = try #require(samples.last)
    guard case .object(let config)? = repository.schema["remoteRepositoryConfig"]?.type else {
      throw CancellationError()
    }
    for upstream in LiveSamples.upstreams(config) {
      var live = repository.live
      live["mode"] = "REMOTE_REPOSITORY"
      live["remoteRepositoryConfig"] = .object(upstream)
      samples.append(
        Sample(
          address: repository.address, live: live, schema: repository.schema,
          only: "remoteRepositoryConfig"))
    }
    return samples
  }

  // MARK: spoiling

  private enum Step: Hashable, CustomStringConvertible {
    case key(String)
    case index(Int)
    var description: String {
      switch self {
      case .key(let name): name
      case .index(let index): "\(index)"
      }
    }
  }

  private static func paths(_ value: JSONValue) -> [[Step]] {
    switch value {
    case .object(let members):
      members.flatMap { key, member in
        [[.key(key)]] + paths(member).map { [.key(key)] + $0 }
      }
    case .array(let members):
      members.enumerated().flatMap { index, member in
        [[.index(index)]] + paths(member).map { [.index(index)] + $0 }
      }
    default: []
    }
  }

  /// Nil removes the value.
  private static func setting(_ path: ArraySlice<Step>, of value: JSONValue?, to new: JSONValue?)
    -> JSONValue?
  {
    guard let step = path.first, let value else { return new }
    switch step {
    case .key(let name):
      var object = value.object ?? [:]
      object[name] = setting(path.dropFirst(), of: object[name] ?? .null, to: new)
      return .object(object)
    case .index(let index):
      var array = value.array ?? []
      let member = setting(path.dropFirst(), of: array[index], to: new)
      if let member { array[index] = member } else { array.remove(at: index) }
      return .array(array)
    }
  }

  private static func at(_ path: ArraySlice<Step>, in value: JSONValue) -> JSONValue {
    guard let step = path.first else { return value }
    switch step {
    case .key(let name): return at(path.dropFirst(), in: value[name] ?? .null)
    case .index(let index): return at(path.dropFirst(), in: value.array?[index] ?? .null)
    }
  }

  private static let odd: [JSONValue?] = [
    nil, .null, true, 7, "", "no such value", "\u{0}", .string(String(repeating: "x", count: 5000)),
    [], [.null], [:],
  ]

  private enum Sort: Hashable { case null, bool, number, text, list, object }

  private static func sort(_ value: JSONValue) -> Sort {
    switch value {
    case .null: .null
    case .bool: .bool
    case .integer, .real: .number
    case .string: .text
    case .array: .list
    case .object: .object
    }
  }

  // MARK: reading

  private static func list(_ address: Address) -> (path: String, items: String)? {
    switch address.kind {
    case .repository: ("GET /v1/projects/p/locations/us/repositories", "repositories")
    case .serviceAccount: ("GET /v1/projects/p/serviceAccounts", "accounts")
    case .role: ("GET /v1/projects/p/roles", "roles")
    default: nil
    }
  }

  private static func get(_ address: Address) -> String {
    switch address.kind {
    case .repository: "GET /v1/projects/p/locations/us/repositories/r"
    case .serviceAccount: "GET /v1/projects/p/serviceAccounts/\(Make.email)"
    case .role: "GET /v1/projects/p/roles/publisher"
    default: "GET /v3/projects/p"
    }
  }

  /// The row of the resource if a list returns `listed` and its own GET `own`.
  private func row(_ sample: Sample, listed: JSONValue, own: JSONValue) async throws -> Change {
    let stage = try LiveStage()
    let spec = LiveSamples.spec(of: sample.live, sample.schema)
    var resource = Make.resource(sample.address, spec)
    resource.lifecycle.allowReplace = true
    let list = Self.list(sample.address)
    if let list { stage.cloud.on(list.path, .json([list.items: [listed]])) }
    stage.cloud.on(Self.get(sample.address), .json(own))
    // A replacement may delete its policy, which is read too.
    let verb = sample.address.kind == .serviceAccount ? "POST" : "GET"
    let policy = Self.get(sample.address).replacing("GET", with: verb) + ":getIamPolicy"
    stage.cloud.on(policy, .json(["etag": "ACAB"]))
    // What is in a repository that may be replaced is listed.
    if sample.address.kind == .repository {
      stage.cloud.on(Self.get(sample.address) + "/rules", .json([:]))
    }
    let graph = Make.graph([resource], scope: list == nil ? .ignore : .report)
    let plan = Planner(graph: graph, snapshot: await stage.read(graph)).plan()
    #expect(plan.isComplete == !plan.changes.contains { $0.action == .unreadable })
    return try #require(plan.changes.first { $0.address == sample.address })
  }

  @Test func theWholeSampleIsUnchanged() async throws {
    for sample in try Self.samples() {
      let live = JSONValue.object(sample.live)
      let row = try await row(sample, listed: live, own: live)
      #expect(row.action == .unchanged, "\(sample.address): \(row.reason ?? "") \(row.fields)")
    }
  }

  @Test(arguments: [false, true])
  func anUnusableAnswerIsNotAReasonToCreateOrDelete(isEverywhere: Bool) async throws {
    for sample in try Self.samples() {
      let live = JSONValue.object(sample.live)
      for path in Self.paths(live) {
        if !sample.only.isEmpty, ![.key(sample.only), .key("mode")].contains(path.first) {
          continue
        }
        for value in Self.odd {
          guard let spoilt = Self.setting(path[...], of: live, to: value), spoilt != live,
            path != [.key("deleted")] || value != true
          else { continue }
          let row = try await row(
            sample, listed: spoilt,
            own: isEverywhere || Self.list(sample.address) == nil ? spoilt : live)
          let what: Comment =
            "\(sample.address.kind) \(path.map(\.description).joined(separator: ".")) is \(value?.text().prefix(40) ?? "gone"): \(row.action) \(row.reason ?? "") \(row.fields.map(\.path.description))"
          judge(row, sample, path, value, isEverywhere: isEverywhere, what)
        }
      }
    }
  }

  private func judge(
    _ row: Change, _ sample: Sample, _ path: [Step], _ value: JSONValue?, isEverywhere: Bool,
    _ what: Comment
  ) {
    let live = JSONValue.object(sample.live)
    #expect(![.create, .delete, .replace, .undelete].contains(row.action), what)
    let isOfItsSort = value.map { Self.sort($0) == Self.sort(Self.at(path[...], in: live)) } ?? true
    if !isOfItsSort || isNeeded(path, sample) {
      #expect(row.action == .unreadable, what)
      return
    }
    // A missing, empty or different text in a field that allows it is a difference; without a flag only a change in
    // place may correct it.
    switch row.action {
    case .unreadable, .unchanged: break
    case .update:
      let isFixed = row.fields.contains { $0.isImmutable }
      #expect(!isFixed, what)
    case .refused:
      // A GET that agrees with the list is trusted, unless its value is damaged.
      #expect(isEverywhere, what)
      #expect([nil, "", "no such value", [], [:]].contains(value), what)
    default: Issue.record(what)
    }
  }

  /// A field that every answer of Google contains, and that decides what arctl does.
  private func isNeeded(_ path: [Step], _ sample: Sample) -> Bool {
    let needed: [String] =
      switch sample.address.kind {
      case .project: ["name", "projectId", "state", "createTime", "parent"]
      case .serviceAccount: ["name", "email", "uniqueId"]
      case .role: ["name"]
      case .repository: ["name", "format", "createTime"] + (sample.only.isEmpty ? [] : ["mode"])
      default: []
      }
    return path.count == 1 && needed.contains(path[0].description)
  }
}
