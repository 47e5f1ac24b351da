import CloudResources
import Foundation
import HTTP
import JSON
import Model
import Reconcile
import Synchronization
import TestSupport
import Testing

/// A sandbox with the surroundings of one sample, and its plans and applies.
struct ConformanceStage: Sendable {
  let sample: KindSample
  private let stage: SandboxStage
  private let lists = ListAnswers()

  /// Answers lists in place of the server.
  private final class ListAnswers: Sendable {
    let answer = Mutex<(@Sendable () -> HTTPResponse)?>(nil)
    let count = Mutex(0)
  }

  init(_ sample: KindSample) throws {
    self.sample = sample
    stage = try SandboxStage(kinds: sample.kinds)
    let service = sample.service?()
    let lists = lists
    let collections = Self.collections(of: sample)
    stage.transport.answer { request in
      guard let url = URLComponents(string: request.url) else { return nil }
      if request.method == .get, collections.contains(where: { url.path.hasSuffix($0) }),
        let answer = lists.answer.withLock({ $0 })
      {
        lists.count.withLock { $0 += 1 }
        return answer()
      }
      guard let service else { return nil }
      let query = Dictionary(
        (url.queryItems ?? []).map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { $1 })
      let body = try? JSONValue(parsing: request.body ?? [])
      let exchange = HTTPExchange(
        method: request.method.rawValue, path: url.path, query: query, body: body ?? [:])
      return service(exchange).map { answer in
        HTTPResponse(
          status: answer["error"]?["code"]?.integer.map(Int.init) ?? 200, body: answer.serialized())
      }
    }
  }

  func stop() { stage.stop() }

  /// The path endings of calls that read several resources of the kind.
  private static func collections(of sample: KindSample) -> [String] {
    if sample.kind.isCredential { return ["/\(sample.kind.collection)"] }
    let collection = ResourceCollection(of: sample.address)
    let rest = sample.kind.id.rest
    return [
      rest?.list(collection)?.path, rest?.batch(collection, ids: [sample.address.id])?.path,
    ].compactMap { $0 }
  }

  /// The member of an answer with several resources of the kind; nil for a kind without such an answer.
  var listedMember: String? {
    if sample.kind.isCredential { return sample.kind.collection }
    switch sample.kind.id.rest?.grouping {
    case .list(let items, _, _), .batch(_, _, let items, _): return items
    case .alone, nil: return nil
    }
  }

  /// How many lists were answered in the place of the server.
  var answeredLists: Int { lists.count.withLock { $0 } }

  func answerLists(_ answer: @escaping @Sendable () -> HTTPResponse) {
    lists.answer.withLock { $0 = answer }
  }

  func graph(_ values: [KindSample.Value] = [], isAbsent: Bool = false) throws -> DesiredGraph {
    try stage.graph(sample.manifests(with: values, isAbsent: isAbsent))
  }

  func plan(
    _ values: [KindSample.Value] = [], isAbsent: Bool = false,
    allowing: [Hazard.Flag] = Hazard.Flag.allCases
  ) async throws -> Plan {
    try await stage.plan(try graph(values, isAbsent: isAbsent), allowing: allowing)
  }

  func execute(_ plan: Plan) async throws -> ExecutionReport {
    await stage.execute(plan, try await stage.client())
  }

  /// Carries out a plan that must succeed.
  func apply(_ plan: Plan) async throws {
    let report = try await execute(plan)
    #expect(report.isComplete, "\(sample.testDescription): \(report.failed) \(report.skipped)")
  }

  /// Carries out the plan of the sample as it is.
  func apply() async throws { try await apply(try await plan()) }

  func delete() async throws {
    let plan = try await plan(isAbsent: true)
    #expect(try await change(in: plan).action == .delete)
    try await apply(plan)
    try await expectNothingToDo(isAbsent: true)
  }

  /// The row of the sample's own resource.
  func change(in plan: Plan? = nil) async throws -> Change {
    let whole = if let plan { plan } else { try await self.plan() }
    return try #require(
      whole.changes.first { $0.address == sample.address }, "\(summary(whole))")
  }

  func expectNothingToDo(
    _ values: [KindSample.Value] = [], isAbsent: Bool = false
  ) async throws {
    let rows = summary(try await plan(values, isAbsent: isAbsent))
    #expect(rows == [], "\(sample.testDescription) \(values): \(rows)")
  }
}
