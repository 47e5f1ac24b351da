import CloudResources
import GoogleCloud
import JSON
import Model

/// A list alone does not prove a difference that only a replacement could change: lists may be outdated, and a damaged
/// one looks like a difference. A GET must confirm it.
extension SnapshotBuilder {
  /// The GETs of declared resources whose list shows such a difference.
  func toConfirm() -> [Read] {
    plan.wanted.compactMap { resource in
      let address = resource.address
      guard resource.origin == .declared, resource.lifecycle.ensure == .present,
        let value = plan.sources[address].flatMap({ listed[$0]?[address] }),
        !fixedDifferences(resource, value).isEmpty, problem(address, value) == nil
      else { return nil }
      return .resource(address)
    }
  }

  /// The value in the list, if no GET was needed or the GET confirms it.
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
            "\(address): the list and its own answer differ in \(names); try again"))
      }
      return .present(LiveResource(address: address, value: value))
    case .failure(let error): return .unreadable(ReadProblem(error, project: address.project))
    case .success: return .unreadable(.local("\(address): an answer of another kind"))
    }
  }

  /// The live values of differing fields that cannot be changed in place.
  func fixedDifferences(
    _ resource: DesiredResource, _ live: JSONValue
  ) -> [FieldPath: JSONValue?] {
    let schema = resource.address.kind.schema
    let changes = SchemaDiff.changes(desired: resource.spec, live: live, schema: schema)
    return Dictionary(
      changes.filter(\.isImmutable).map { ($0.path, $0.from) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension SnapshotBuilder {
  /// A resource that only a replacement could change, if its children are known: a replacement deletes them, so a list
  /// that was refused or is unusable makes their parent unreadable.
  func withKnownChildren(
    _ observation: Observation<LiveResource>, of resource: DesiredResource
  ) -> Observation<LiveResource> {
    guard case .present(let live) = observation, resource.lifecycle.allowReplace,
      resource.lifecycle.ensure == .present, !fixedDifferences(resource, live.value).isEmpty,
      let error = unlistedChildren(of: resource.address)
    else { return observation }
    var problem = ReadProblem(error, project: resource.address.project)
    problem.message += "; replacing it would delete what is in it, which is not known"
    return .unreadable(problem)
  }

  private func unlistedChildren(of address: Address) -> APIError? {
    plan.reads.lazy.compactMap { read -> APIError? in
      guard case .list(let collection) = read, collection.kind.resource?.place.isChild == true,
        collection.address("").parent == address
      else { return nil }
      return outcomes.failure(read)
    }.first
  }
}
