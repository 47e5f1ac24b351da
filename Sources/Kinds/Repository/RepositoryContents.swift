import CloudResources
import GoogleCloud
import JSON
import Model

/// The packages of a repository: what its deletion destroys.
extension RepositoryKind: ContainerKind {
  var servesPackages: Bool { true }

  /// Artifact Registry v1 `projects.locations.repositories.packages.list`.
  func contentsList(of address: Address) -> (call: APICall, items: String)? {
    guard let path = ReadCalls.resource(address)?.path else { return nil }
    let call = APICall(
      .artifactRegistry, "\(path)/packages",
      query: [("pageSize", "1000")],
      label: "artifactregistry.packages.list \(address.names.joined(separator: "/"))",
      consumerProject: address.project)
    return (call, "packages")
  }

  /// The `updateTime` of a package is that of its last upload.
  func contents(in items: [JSONValue]) -> DeletionLosses.Contents {
    let times = items.compactMap { $0["updateTime"]?.string }
    return DeletionLosses.Contents(
      count: items.count, one: "package", many: "packages", latest: times.max())
  }
}
