import CloudResources
package import Diagnostics
package import GoogleCloud
package import HTTP
package import JSON
package import Keys
import Kinds
package import Model
import Platform
package import Resources
import Synchronization
package import Testing

/// A clock whose sleeps end at once and advance it.
package final class InstantClock: Platform.Clock {
  private let elapsed = Mutex(Duration.zero)
  package init() {}
  package static let start: Double = 1_800_000_000
  package var now: Double { InstantClock.start + uptime / .seconds(1) }
  package var uptime: Duration { elapsed.withLock { $0 } }
  package func sleep(for duration: Duration) async throws(CancellationError) {
    elapsed.withLock { $0 += duration }
    await Task.yield()
  }
}

package struct HalfRandom: RandomSource {
  package init() {}
  package func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x80, count: count) }
}

/// Google's APIs as a table: answers by method and path, with or without the query.
///
/// Several answers to one key are sent in turn, the last one repeatedly. A request without a stub fails the test, and
/// so does, in `finish`, an unused stub.
package final class FakeCloud: HTTPTransport {
  package typealias Answer = Result<HTTPResponse, HTTPFailure>
  private struct State {
    var answers: [String: [Answer]] = [:]
    var used: Set<String> = []
    var requests: [HTTPRequest] = []
  }
  private let state = Mutex(State())

  package init() {}

  /// Every request so far as `GET /v1/projects/p/roles?view=FULL`, in order of arrival.
  package var requests: [String] {
    state.withLock { $0.requests.map { "\($0.method.rawValue) \(FakeCloud.path($0.url))" } }
  }
  package var raw: [HTTPRequest] { state.withLock { $0.requests } }

  /// The bodies of the requests to one key, in order.
  package func bodies(_ key: String) -> [JSONValue] {
    raw.filter { FakeCloud.keys($0).contains(key) }
      .compactMap { $0.body.flatMap { try? JSONValue(parsing: $0) } }
  }
  package func count(_ key: String) -> Int { raw.count { FakeCloud.keys($0).contains(key) } }

  package func on(_ key: String, _ answers: Answer...) {
    state.withLock { $0.answers[key, default: []] += answers }
  }

  package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    await Task.yield()
    let answer: Answer? = state.withLock { state in
      state.requests.append(request)
      for key in FakeCloud.keys(request) {
        guard let answers = state.answers[key], let first = answers.first else { continue }
        state.used.insert(key)
        if answers.count > 1 { state.answers[key]?.removeFirst() }
        return first
      }
      return nil
    }
    guard let answer else {
      Issue.record("unstubbed request: \(FakeCloud.keys(request)[0])")
      throw HTTPFailure(.invalid, "unstubbed")
    }
    return try answer.get()
  }

  package func finish(sourceLocation: SourceLocation = #_sourceLocation) {
    let unused = state.withLock { state in
      state.answers.keys.filter { !state.used.contains($0) }.sorted()
    }
    for key in unused { Issue.record("unused stub: \(key)", sourceLocation: sourceLocation) }
  }

  private static func path(_ url: String) -> String {
    "/" + url.split(separator: "/", maxSplits: 2).dropFirst(2).joined()
  }

  private static func keys(_ request: HTTPRequest) -> [String] {
    let full = path(request.url)
    let bare = String(full.prefix { $0 != "?" })
    return ["\(request.method.rawValue) \(full)", "\(request.method.rawValue) \(bare)"]
  }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
  package static func json(_ value: JSONValue, _ status: Int = 200) -> Self {
    .success(HTTPResponse(status: status, body: value.serialized()))
  }
  package static var empty: Self { .json([:]) }
  package static func failure(_ kind: HTTPFailure.Kind) -> Self {
    .failure(HTTPFailure(kind, "\(kind)"))
  }

  /// An error answer in Google's form.
  package static func error(
    _ code: Int, _ status: String, _ message: String = "no", reason: String? = nil,
    metadata: JSONValue = [:]
  ) -> Self {
    var error: JSONObject = [
      "code": .integer(Int64(code)), "message": .string(message), "status": .string(status),
    ]
    if let reason {
      error["details"] = [
        [
          "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .string(reason),
          "domain": "googleapis.com", "metadata": metadata,
        ]
      ]
    }
    return .json(["error": .object(error)], code)
  }
  package static var notFound: Self { .error(404, "NOT_FOUND", "Requested entity was not found.") }
  package static var forbidden: Self {
    .error(403, "PERMISSION_DENIED", "The caller does not have permission")
  }
  package static func disabled(_ service: String, consumer: String = "projects/123") -> Self {
    .error(
      403, "PERMISSION_DENIED",
      "\(service) has not been used in project 123 before or it is disabled.",
      reason: "SERVICE_DISABLED",
      metadata: ["service": .string(service), "consumer": .string(consumer)])
  }
  package static var aborted: Self {
    .error(409, "ABORTED", "There were concurrent policy changes.")
  }
  /// A completed operation.
  package static var done: Self {
    .json(["name": "operations/op.1", "done": true, "response": [:]])
  }
}

/// One run against a fake cloud.
package struct LiveStage {
  package let cloud = FakeCloud()
  package let clock = InstantClock()
  package let client: APIClient

  package init(timeout: Duration = .seconds(1800)) throws {
    let run = RequestContext(
      transport: cloud, clock: clock, random: HalfRandom(),
      limits: RequestContext.Limits(timeout: timeout))
    let credential = Credential(token: "ya29.t", source: "test", quotaProject: nil, clock: clock)
    client = try APIClient(
      credential: try #require(credential), endpoints: .google, run: run,
      advice: PermissionRoles(Kinds.catalog).advice)
  }

  package func read(
    _ graph: DesiredGraph, selected: Set<Address>? = nil, keys: KeyStore? = nil
  ) async -> Snapshot {
    await SnapshotReader(client: client, keys: keys, kinds: Kinds.catalog)
      .readSnapshot(of: graph, selected: selected)
  }

  /// Runs one operation.
  package func run(
    _ action: Operation.Action, on address: Address, runner: CloudRunner? = nil
  ) async throws(OperationFailure) -> OperationResult {
    let operation = Operation(
      id: OperationID("test \(address)"), address: address, action: action, covers: [address],
      source: nil)
    return try await (runner ?? CloudRunner(client: client, keys: nil)).run(operation)
  }
}

/// Addresses and manifests for tests, all in project `p`.
package enum Make {
  package static let place = SourcePosition(file: "m.yaml", line: 1, column: 1)
  package static let project = Address(project: "p", .project)
  package static let repository = Address(project: "p", .repository, "us", "r")
  package static let account = Address(project: "p", .serviceAccount, "uploader")
  package static let email = "uploader@p.iam.gserviceaccount.com"
  package static let role = Address(project: "p", .role, "publisher")
  package static func service(_ name: String) -> Address { Address(project: "p", .service, name) }

  package static func graph(
    _ resources: [DesiredResource], policies: [Address] = [], keys: [DesiredKey] = [],
    scope: StackSettings.Scope.Undeclared = .report
  ) -> DesiredGraph {
    var graph = DesiredGraph()
    graph.stack.scope.undeclared = scope
    for resource in resources { graph.resources[resource.address] = resource }
    for policy in policies {
      graph.policies[policy] = DesiredPolicy(
        address: policy,
        entries: [
          PolicyEntry(
            role: "roles/viewer", members: [SourcedText("user:a@example.com", place)],
            source: place)
        ], dependencies: [])
    }
    for key in keys { graph.keys[key.address] = key }
    return graph
  }

  package static func resource(
    _ address: Address, _ spec: JSONObject = [:], create: Bool = true,
    origin: DesiredResource.Origin = .declared, ensure: Lifecycle.Ensure = .present
  ) -> DesiredResource {
    var lifecycle = Lifecycle()
    lifecycle.create = create
    lifecycle.ensure = ensure
    return DesiredResource(
      address: address, origin: origin, spec: spec, lifecycle: lifecycle, source: place)
  }

  package static func key(
    origin: DesiredKey.Origin = .uploaded, file: String = "uploader-key.json"
  ) -> DesiredKey {
    DesiredKey(
      address: Address(project: "p", .serviceAccountKey, "uploader", "uploader-key"),
      account: account, email: email, origin: origin, file: file, expires: 90 * 86_400,
      rotateAfter: nil, overlap: 86_400, commonName: "arctl-0123456789abcdef0123456789abcdef",
      source: place, dependencies: [account])
  }
}

extension Observation {
  /// A short name of the state: `present`, `absent`, `notYet p/service/x`.
  package var word: String {
    switch self {
    case .present: "present"
    case .softDeleted: "softDeleted"
    case .absent(.confirmed): "absent"
    case .absent(.notVisible): "notVisible"
    case .absent(.notYetThere(let address)): "notYet \(address)"
    case .unreadable(let problem): "unreadable \(problem.reason)"
    }
  }
}
