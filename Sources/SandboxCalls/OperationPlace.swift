package import JSON
import SandboxIAM
package import SandboxStore
package import SandboxWire

/// The operations of an API: below which parent, in which version, and who can read them.
///
///     static let operations = OperationPlace(
///       .iam, below: "/v1/projects/{project}/locations/{location}/pools/{pool}",
///       seenWith: "iam.pools.get")
///
/// The API adds `operations.route` to its routes, and its handlers return what `operations.start` returns. Names
/// contain no version, so two versions with the same parent show the same operations.
package struct OperationPlace: Sendable {
  private let api: API
  private let template: String
  /// Of the template, without its version.
  private let segments: [Substring]
  private let permission: String

  /// - Parameters:
  ///   - template: the path of the parent, with its version.
  ///   - permission: what callers need who did not start the operation: on the repository if the parent is one or is
  ///     below one, otherwise on the project.
  package init(_ api: API, below template: String, seenWith permission: String) {
    self.api = api
    self.template = template
    segments = Array(template.parts(between: UInt8(ascii: "/")).dropFirst(2))
    self.permission = permission
  }

  /// The path for polling its operations.
  package var route: Route {
    Route(.get, "\(template)/operations/{operation}", api: api, access: .signedIn) {
      (call, state) throws(APIError) in
      let project = state.project(call["project"])?.id ?? call["project"]
      let parent = parent(in: project, call)
      let repository =
        call["repository"].isEmpty
        ? nil
        : Resource.repository(project: project, location: call["location"], id: call["repository"])
      return try LongRunningOperations.get(
        "\(parent)/operations/\(call["operation"])", permission: permission, api: api, for: call,
        in: state,
        checked: repository, named: repository ?? .place(parent, of: project, api))
    }
  }

  /// Starts an operation whose outcome is known, and returns the first answer, in which it is not done.
  package func start(
    _ call: Call, _ state: inout State, metadata: JSONValue? = nil, response: JSONValue,
    error: APIError? = nil
  ) -> JSONValue {
    let id = LongRunningOperations.uuid(LongRunningOperations.serial(&state))
    let name = "\(parent(in: call.project, call))/operations/\(id)"
    LongRunningOperations.start(
      name, for: call, in: &state, metadata: metadata, response: response, error: error)
    var answer: JSONObject = ["name": .string(name)]
    if let metadata { answer["metadata"] = metadata }
    return .object(answer)
  }

  /// The parent's resource name: the template without its version, with the variables of a call.
  private func parent(in project: String, _ call: Call) -> String {
    segments.map { part in
      guard part.hasPrefix("{") else { return String(part) }
      let variable = String(part.dropFirst().dropLast())
      return variable == "project" ? project : call[variable]
    }.joined(separator: "/")
  }
}

extension OperationPlace {
  /// Artifact Registry's operations, which are below locations.
  package static let registry = OperationPlace(
    .artifactRegistry, below: "/v1/projects/{project}/locations/{location}",
    seenWith: "artifactregistry.repositories.get")

  /// Starts an operation of Artifact Registry. Its metadata is an empty message of this type.
  ///
  /// - Parameter error: what it ends with instead of the response.
  package static func startInRegistry(
    _ call: Call, _ state: inout State, metadata type: String = "OperationMetadata",
    response: JSONValue, error: APIError? = nil
  ) -> JSONValue {
    let name = "type.googleapis.com/google.devtools.artifactregistry.v1.\(type)"
    return registry.start(
      call, &state, metadata: ["@type": .string(name)], response: response, error: error)
  }
}
