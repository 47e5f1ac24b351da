import CloudResources
public import GoogleCloud
public import JSON
public import Keys
public import Model

/// Carries out the operations of a plan against Google's APIs.
public struct CloudRunner: OperationRunner {
  let calls: CloudCalls
  private let keys: KeyStore?
  private let environment: [String: String]

  /// - Parameters:
  ///   - keys: the store for credential files; without it no key can be created.
  ///   - seen: the live value of each declared resource that exists and stays (`Plan.seen`).
  ///   - environment: the variables in which a token for GitHub may be.
  public init(
    client: APIClient, keys: KeyStore?, seen: [Address: JSONValue] = [:],
    environment: [String: String] = [:]
  ) {
    self.environment = environment
    calls = CloudCalls(client: client, memory: RecentWrites(seen: SeenResources(seen)))
    self.keys = keys
  }

  /// Carries out one operation. This is the only place that turns an error of a write into a failure of its operation.
  public func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult {
    do {
      return try await carryOut(operation)
    } catch {
      throw OperationFailure(of: error)
    }
  }

  private func carryOut(_ operation: Operation) async throws -> OperationResult {
    let address = operation.address
    switch operation.action {
    case .setPolicy(let intent, let identities):
      // An agent that exists needs no permission to create it: if it does not, the write says so.
      for service in identities {
        try? await ServiceCalls(calls: calls, project: service.root).createAgent(of: service.id)
      }
      let numbered = try await ProjectNumbers(calls: calls, policy: address).numbered(intent)
      return try await PolicyCalls(calls: calls, address: address).write(numbered)
    case .enableServices(let names, let identities):
      let services = ServiceCalls(calls: calls, project: address.root)
      let result = try await services.enable(names)
      for name in identities { try await services.createAgent(of: name) }
      return result
    case .key(let order, let key) where key.remote != nil:
      let vaults = KeyVaults(calls: calls, environment: environment)
      return try await RemoteKeyIssuer(vaults: vaults, key: key).carryOut(order)
    case .key(let order, let key):
      guard let keys else {
        throw OperationFailure(.key, call: "\(address)", message: "there is no key directory")
      }
      return try await KeyIssuer(calls: calls, store: keys, key: key).carryOut(order)
    case .create(let spec): return try await writer(of: address).create(spec)
    case .update(let spec, let fields, let live):
      return try await writer(of: address).update(
        ShownUpdate(spec: spec, fields: fields, shown: live))
    case .delete(let live, let replacement):
      return try await writer(of: address).delete(shown: live, replacement: replacement)
    case .undelete(let uid, let spec, let live):
      return try await writer(of: address).undelete(uid: uid, spec, shown: live)
    }
  }

  /// The writer for one resource; throws for a kind that has no writes of its own.
  func writer(of address: Address) throws(OperationFailure) -> any ResourceWrites {
    guard let writer = address.resource?.cloudKind?.writer(of: address, calls) else {
      throw OperationFailure(
        .other, call: "\(address)", message: "arctl cannot write addresses of this kind")
    }
    return writer
  }
}

extension OperationFailure {
  /// The failure for an error of a write, which is such a failure already or a failed call.
  init(of error: any Error) {
    switch error {
    case let failure as OperationFailure: self = failure
    case let error as APIError: self.init(error)
    case let error: self.init(.other, call: "", message: "\(error)")
    }
  }
}
