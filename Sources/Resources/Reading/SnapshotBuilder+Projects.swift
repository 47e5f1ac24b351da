import CloudResources
import GoogleCloud
import JSON
import Model

extension SnapshotBuilder {
  /// The project with this id, if it does not exist and these manifests create it.
  func missingProject(_ id: String) -> Address? {
    let project = plan.kinds.project(id)
    guard let resource = graph.resources[project], plan.wants(project),
      resource.lifecycle.create, resource.origin == .declared,
      case .absent = observeProject(resource)
    else { return nil }
    return project
  }

  func observeProject(_ resource: DesiredResource) -> Observation<LiveResource> {
    let address = resource.address
    switch outcomes[.resource(address)] {
    case .success(.object(let value)): return project(resource, value)
    case .failure(let error):
      if answered.contains(address.project), error.mayMeanAbsentProject || error.kind == .notFound {
        var problem = ReadProblem(error, project: address.project)
        problem.message += ", although its contents were read"
        return .unreadable(problem)
      }
      if error.mayMeanAbsentProject || error.kind == .notFound, resource.lifecycle.create,
        resource.origin == .declared
      {
        return .absent(.notVisible)
      }
      if error.kind == .notFound { return .absent(.confirmed) }
      return .unreadable(ReadProblem(error, project: address.project))
    case .success: return .unreadable(.local("\(address): an answer of another kind"))
    case nil: return inferred(resource)
    }
  }

  /// A project of which only the existence matters: any answer about its contents proves it, even a 404.
  private func inferred(_ resource: DesiredResource) -> Observation<LiveResource> {
    let address = resource.address
    if answered.contains(address.project) { return withBilling(resource, [:]) }
    var problem: APIError?
    for read in plan.reads where read.project == address.project {
      switch outcomes[read] {
      case .success, nil: break
      case .failure(let error):
        if error.kind == .notFound || error.isServiceDisabled { return withBilling(resource, [:]) }
        problem = problem ?? error
      }
    }
    guard let problem else { return .unreadable(.local("\(address) was not read")) }
    return .unreadable(ReadProblem(problem, project: address.project))
  }

  private func project(
    _ resource: DesiredResource, _ value: JSONValue
  ) -> Observation<LiveResource> {
    if let problem = problem(resource.address, value) { return .unreadable(problem) }
    switch resource.address.state(of: value) {
    case .present: return withBilling(resource, value.object ?? [:])
    case .softDeleted: return .softDeleted(LiveResource(address: resource.address, value: value))
    case .absent: return .absent(.confirmed)
    case .unknown(let state): return .unreadable(.local("\(resource.address): \(state)"))
    }
  }

  /// The project's own fields and, if the manifest writes it, its billing account, which belongs to another API.
  private func withBilling(
    _ resource: DesiredResource, _ fields: JSONObject
  ) -> Observation<LiveResource> {
    let address = resource.address
    var fields = fields
    let read = Read.billing(project: address.project)
    if let error = outcomes.failure(read) {
      return .unreadable(ReadProblem(error, project: address.project))
    }
    if let account = outcomes.object(read)?["billingAccountName"]?.string, !account.isEmpty {
      fields["billingAccount"] = .string(account)
    }
    return .present(LiveResource(address: address, value: .object(fields)))
  }
}
