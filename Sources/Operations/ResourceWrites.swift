import CloudResources
import JSON
import Model

/// The writes of one resource. Each reads what is live, checks it against what the plan showed, and writes from that very
/// value, so that a repeat does no harm.
protocol ResourceWrites: Sendable {
  func create(_ spec: JSONObject) async throws -> OperationResult
  /// Makes the written fields what they are to be.
  func update(_ update: ShownUpdate) async throws -> OperationResult
  /// - Parameter replacement: the fields of what takes its place, where something does.
  func delete(shown: JSONValue, replacement: JSONObject?) async throws -> OperationResult
  /// Restores it, and makes the written fields what they are to be.
  func undelete(
    uid: String?, _ spec: JSONObject, shown: JSONValue
  ) async throws -> OperationResult
}

/// A change of fields as a plan showed it.
struct ShownUpdate {
  /// The written fields.
  var spec: JSONObject
  /// The changes that the plan showed.
  var fields: [FieldChange]
  /// The resource as the plan saw it.
  var shown: JSONValue
}

/// The kinds whose writes take more than their REST resource says.
enum SpecialWriters {
  /// Nil for a kind that `ResourceWriter` writes, and for one that has no writes of a single resource.
  static func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    switch address.kind {
    case .project:
      ResourceWriter(calls: calls, address: address).map(ProjectWriter.init)
    case .serviceAccount:
      ResourceWriter(calls: calls, address: address).map(ServiceAccountWriter.init)
    case .serviceAccountKey: KeyWriter(calls: calls, address: address)
    case .repository, .role: nil
    // Services are enabled in batches, and a policy is written by its intent.
    case .service, .iam: nil
    }
  }
}
