import CloudResources
public import GoogleCloud
public import JSON
public import Keys
public import Model
import Registry

/// Carries out the operations of a plan against Google's APIs: each kind's calls are in a file of their own.
public struct CloudRunner: OperationRunner {
  let calls: CloudCalls
  private let keys: KeyStore?

  /// - Parameters:
  ///   - keys: where credential files go; without it no key can be made.
  ///   - seen: what the plan read of each declared resource that is there and stays (`Plan.seen`).
  public init(client: APIClient, keys: KeyStore?, seen: [Address: JSONValue] = [:]) {
    calls = CloudCalls(client: client, memory: RunMemory(seen: SeenResources(seen)))
    self.keys = keys
  }

  public func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult {
    let address = operation.address
    switch operation.action {
    case .setPolicy(let intent):
      return try await PolicyCalls(calls: calls, address: address).write(intent)
    case .enableServices(let names):
      return try await ServiceCalls(calls: calls, project: address.project).enable(names)
    case .key(let order, let key):
      guard let keys else {
        throw OperationFailure(.key, call: "\(address)", message: "there is no key directory")
      }
      return try await KeyIssuer(calls: calls, store: keys, key: key).carryOut(order)
    case .create, .update, .delete, .undelete:
      return try await resource(operation)
    }
  }

  /// The writes of one resource; nil for a kind that has none, or none of its own.
  func calls(on address: Address) -> (any ResourceCalls)? {
    switch address.kind {
    case .project: ProjectCalls(calls: calls, address: address)
    case .repository: RepositoryCalls(calls: calls, address: address)
    case .serviceAccount: ServiceAccountCalls(calls: calls, address: address)
    case .role: RoleCalls(calls: calls, address: address)
    case .serviceAccountKey: KeyCalls(calls: calls, address: address)
    // Services are enabled in batches, and a policy is written by its intent.
    case .service, .iam: nil
    }
  }

  private func resource(_ operation: Operation) async throws(OperationFailure) -> OperationResult {
    let address = operation.address
    guard let resource = calls(on: address) else {
      throw OperationFailure(
        .other, call: "\(address)", message: "there is no way to write this kind of address")
    }
    switch operation.action {
    case .create(let spec): return try await resource.create(spec)
    case .update(let spec, let fields, let live):
      try await Precondition(resource: resource, shown: live).check(update: spec, fields)
      return try await resource.update(spec)
    case .delete(let live, let replacement):
      try await Precondition(resource: resource, shown: live).checkDeletion(
        replacement: replacement)
      return try await resource.delete()
    case .undelete(let uid, let spec, let live):
      try await Precondition(resource: resource, shown: live).checkReturn()
      return try await resource.undelete(uid: uid, spec)
    case .setPolicy, .enableServices, .key:
      throw OperationFailure(.other, call: "\(address)", message: "not a write of a resource")
    }
  }
}

/// The writes of one resource. Each decides from what is live at that moment, so that a repeat does no harm.
protocol ResourceCalls: Sendable {
  var calls: CloudCalls { get }
  var address: Address { get }
  func create(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult
  /// Makes the written fields what they are to be, against a fresh read.
  func update(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult
  func delete() async throws(OperationFailure) -> OperationResult
  func undelete(uid: String?, _ spec: JSONObject) async throws(OperationFailure) -> OperationResult
}

extension ResourceCalls {
  func undelete(uid: String?, _ spec: JSONObject) async throws(OperationFailure) -> OperationResult
  {
    throw OperationFailure(
      .other, call: "\(address)", message: "this kind cannot be brought back once it is deleted")
  }

  /// The kind's fields.
  var schema: Schema { Kinds.of(address.kind)?.schema ?? Schema([]) }

  /// What still differs between the written fields and a live resource.
  func differences(_ spec: JSONObject, _ live: JSONValue) -> [FieldChange] {
    SchemaDiff.changes(desired: spec, live: live, schema: schema)
  }

  /// Something is there already under the name of a create: right, or somebody else's.
  func found(
    _ live: JSONValue, for spec: JSONObject, _ call: APICall
  ) throws(OperationFailure) -> OperationResult {
    let different = differences(spec, live)
    guard !different.isEmpty else { return OperationResult(detail: "already there") }
    let fields = different.map { $0.path.description }.joined(separator: ", ")
    throw .stale(call.label, "it exists already, and differs in \(fields)")
  }

  /// Creates a named resource, deciding after an ambiguous answer or a 409 by what is there then.
  ///
  /// `send` makes the call and waits for its operation. Returns nil when it was created just now; else what is there, which
  /// can be compared with `spec`.
  func createNamed(
    _ call: APICall, _ spec: JSONObject, _ send: (APICall) async throws(APIError) -> Void
  ) async throws(APIError) -> JSONValue? {
    var isOurs = false
    for round in 0..<CloudCalls.rounds {
      do {
        try await send(call)
        return nil
      } catch {
        switch error.kind {
        case .ambiguous: isOurs = true
        case .alreadyExists:
          // A conflict says that it is there: a read that does not see it yet is waited for.
          return try await isOurs ? calls.readCreated(address, for: spec) : existing(call, spec)
        default: throw error
        }
        if let live = try await calls.read(address, for: spec) { return live }
        if round == CloudCalls.rounds - 1 { throw error }
        try await calls.breathe(round: round, call.label)
      }
    }
    throw APIError(.ambiguous, call.label, "whether it was created is not known")
  }

  private func existing(
    _ call: APICall, _ spec: JSONObject
  ) async throws(APIError) -> JSONValue {
    var pause = Pause(calls)
    while true {
      if let live = try await calls.read(address, for: spec) { return live }
      guard try await pause.wait(atMost: .seconds(20), call.label) else {
        throw APIError(.alreadyExists, call.label, "it exists already, but cannot be read")
      }
    }
  }

  /// Makes a write whose answer is the resource, and throws `ambiguous` where the answer is another one.
  @discardableResult
  func written(_ call: APICall, on place: Address? = nil) async throws(APIError) -> JSONValue {
    let answer = try await calls.call(call, on: place ?? address)
    try LiveAnswer.checkWrite(answer, of: address, call)
    return answer
  }

  /// The etag without which a write could undo what others change in between.
  func etag(of live: JSONValue, _ label: String) throws(APIError) -> JSONValue {
    guard let etag = live["etag"]?.string, !etag.isEmpty else {
      throw APIError(.malformed, label, "the answer has no etag; nothing was written")
    }
    return .string(etag)
  }

  /// Repeats an idempotent write: `attempt` reads first and writes what is still missing.
  func repeated<Value>(
    _ label: String, _ attempt: () async throws(APIError) -> Value
  ) async throws(APIError) -> Value {
    for round in 0..<CloudCalls.rounds - 1 {
      do {
        return try await attempt()
      } catch {
        guard error.kind == .ambiguous || error.kind == .aborted else { throw error }
        try await calls.breathe(round: round, label)
      }
    }
    return try await attempt()
  }

  /// Whether a refused undelete says that its time is over, or that there is nothing left to undelete.
  ///
  /// Google answers 403 for what is purged, with the words that it has for a missing permission too: only a caller who holds
  /// the permission knows by it that the thing is gone.
  func saysTooLate(_ error: APIError, permission: String) async throws(APIError) -> Bool {
    switch error.kind {
    case .notFound, .invalidArgument, .failedPrecondition: return true
    case .permissionDenied:
      guard error.message.contains("may not exist") else { return false }
      return await calls.holds(permission, in: address.project)
    default: return false
    }
  }

  /// Deletes by `call`; what is gone already is right. A 403 is never taken for absence.
  func deleted(
    _ call: APICall, waiting: Bool = false
  ) async throws(OperationFailure) -> OperationResult {
    try await failing { () async throws(APIError) in
      try await repeated(call.label) { () async throws(APIError) in
        do throws(APIError) {
          let answer = try await calls.client.call(call)
          if waiting { _ = try await calls.wait(answer, of: call) }
          return OperationResult()
        } catch {
          guard error.kind == .notFound else { throw error }
          return OperationResult(detail: "already gone")
        }
      }
    }
  }

  /// The call's path; an empty one, which is never sent, for an address of another form.
  func path(verb: String? = nil) -> String { ResourceNames.path(of: address, verb: verb) ?? "" }

  func label(_ verb: String) -> String { "\(ReadCalls.noun(address)).\(verb) \(address)" }
}
