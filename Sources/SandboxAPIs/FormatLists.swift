import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Artifact Registry v1: the lists of images, artifacts and packages of formats that the sandbox has no uploads for. They
/// are empty, and nothing in them can be read.
package enum FormatLists: ServedAPI {
  /// None.
  package static let records: [any Record.Type] = []

  /// A list and a GET for each format.
  package static let routes: [Route] =
    routes("dockerImages", "{dockerImage}", orders: true)
    + routes("mavenArtifacts", "{mavenArtifact}", orders: false)
    + routes("npmPackages", "{npmPackage}", orders: false)

  private static func routes(_ collection: String, _ item: String, orders: Bool) -> [Route] {
    func route(_ rest: String, _ verb: String, run: @escaping Handler) -> Route {
      let path = "/v1/projects/{project}/locations/{location}/repositories/{repository}"
      return Route(
        .get, "\(path)/\(collection)\(rest)", api: .artifactRegistry,
        access: .permission(
          "artifactregistry.\(collection.lowercased()).\(verb)", on: .repository), run: run)
    }
    let list = route("", "list") { (call, state) throws(APIError) in
      _ = try call.repository(in: state)
      _ = try Page(call.query, standard: 100, maximum: 1000)
      return [:]
    }
    return [
      orders
        ? list.taking("orderBy", "pageSize", "pageToken") : list.taking("pageSize", "pageToken"),
      route("/\(item)", "get") { (call, state) throws(APIError) in
        _ = try call.repository(in: state)
        throw APIError(.notFound, "Requested entity was not found.")
      },
    ]
  }
}
