import CloudResources
import JSON
import Model

/// A list that shows a resource with another value where only a replacement could change it is not believed alone: lists
/// lag, and what a damaged one leaves out looks like a difference. A GET has to say the same.
extension SnapshotBuilder {
  /// The GETs of declared resources that a list shows so.
  func toConfirm() -> [Read] {
    plan.sources.sorted { $0.key < $1.key }.compactMap { address, source in
      guard let resource = graph.resources[address], resource.origin == .declared,
        resource.lifecycle.ensure == .present, let value = listed[source]?[address],
        problem(address, value) == nil, !fixedDifferences(resource, value).isEmpty
      else { return nil }
      return .resource(address)
    }
  }

  /// What a list showed, where no GET was needed or it says the same.
  func confirmed(
    _ observation: Observation<LiveResource>, of resource: DesiredResource
  ) -> Observation<LiveResource> {
    guard case .present(let listed) = observation,
      let outcome = outcomes[.resource(resource.address)]
    else { return observation }
    let address = resource.address
    switch outcome {
    case .success(.object(let value)):
      if let problem = problem(address, value) { return .unreadable(problem) }
      let (old, new) = (fixedDifferences(resource, listed.value), fixedDifferences(resource, value))
      guard old == new else {
        let paths = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
        let names = paths.map { "`\($0)`" }.sorted().joined(separator: ", ")
        return .unreadable(
          .local(
            "\(address): the list and its own response differ in \(names); try again"))
      }
      return .present(LiveResource(address: address, value: value))
    case .failure(let error): return .unreadable(ReadProblem(error, project: address.project))
    case .success: return .unreadable(.local("\(address): a response of another kind"))
    }
  }

  /// The values of fields that differ from the written ones and cannot be changed in place.
  private func fixedDifferences(
    _ resource: DesiredResource, _ live: JSONValue
  ) -> [FieldPath: JSONValue?] {
    let schema = resource.address.kind.schema
    let changes = SchemaDiff.changes(desired: resource.spec, live: live, schema: schema)
    return Dictionary(
      changes.filter(\.isImmutable).map { ($0.path, $0.from) },
      uniquingKeysWith: { first, _ in first })
  }
}
