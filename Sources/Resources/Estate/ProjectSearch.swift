import CloudResources
public import GoogleCloud
import JSON
public import Model

/// Finds the projects that the caller may see.
///
/// Source: cloudresourcemanager v3 `projects.search`, discovery revision 20261107. It needs no permission; a project without
/// `resourcemanager.projects.get` for the caller is not among the answers.
public struct ProjectSearch: Sendable {
  private let client: APIClient

  /// A search with this client.
  public init(client: APIClient) { self.client = client }

  /// The ids of the active projects that a pattern matches; in order. Throws if the search fails.
  public func projects(matching glob: AddressGlob) async throws(APIError) -> [String] {
    let call = APICall(
      .resourceManager, "/v3/projects:search",
      query: [("query", "state:ACTIVE"), ("pageSize", "500")],
      label: "resourcemanager.projects.search")
    let members = try await client.pages(call, items: "projects")
    var found: Set<String> = []
    for member in members {
      guard let id = member["projectId"]?.string, ResourceNames.isPlainID(id) else {
        throw APIError(.malformed, label: call.label, "a project has no `projectId`")
      }
      if member["state"] == "ACTIVE", glob.matches(id) { found.insert(id) }
    }
    return found.sorted()
  }
}
