import HTTP
import JSON
import Testing

@testable import Sandbox
@testable import SandboxAPIs
@testable import SandboxCalls
@testable import SandboxIAM
@testable import SandboxStore
@testable import SandboxWire

/// A label of a repository.
private struct LabelRecord: Record {
  static var table: String { "label" }
  static var lag: LagRule { .hidden }
  let repository: String
  let id: String
  var key: String { "\(repository)/labels/\(id)" }
  var parent: String? { repository }
  var names: [String] { [key] }
}

/// An API that Google does not have. With its record, it is all that a new kind needs in the sandbox.
private enum Labels: ServedAPI {
  static let records: [any Record.Type] = [LabelRecord.self]

  static let routes: [Route] = [
    Route(
      .post, "\(path)/{repository}/labels/{label}", api: .artifactRegistry,
      access: .permission("artifactregistry.repositories.update", on: .repository), run: create),
    Route(
      .get, "\(path)/{repository}/labels", api: .artifactRegistry,
      access: .permission("artifactregistry.repositories.get", on: .repository)
    ) { (call, state) throws(APIError) in
      let labels = state[LabelRecord.self].children(of: try call.repository(in: state).name)
      return ["labels": .array(labels.map { .string($0.id) })]
    },
    operations.route, older.route,
  ]

  private static let path = "/v1beta2/projects/{project}/locations/{location}/repositories"

  static let operations = OperationPlace(
    .artifactRegistry, below: "\(path)/{repository}",
    seenWith: "artifactregistry.repositories.get")

  /// The same operations in another version, below a parent two levels deeper.
  static let older = OperationPlace(
    .artifactRegistry,
    below: "/v1beta1/projects/{project}/locations/{location}/repositories/{repository}",
    seenWith: "artifactregistry.repositories.get")

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    state.put(LabelRecord(repository: try call.repository(in: state).name, id: call["label"]))
    return operations.start(call, &state, response: ["label": .string(call["label"])])
  }
}

/// An API whose operations are below a project.
private enum Cleanings: ServedAPI {
  static let records: [any Record.Type] = []
  static let routes: [Route] = [
    Route(
      .post, "/v2/projects/{project}:tidy", api: .iam,
      access: .permission("iam.roles.list", on: .project)
    ) { (call, state) throws(APIError) in
      operations.start(call, &state, metadata: ["of": "tidy"], response: [:])
    },
    operations.route,
  ]
  static let operations = OperationPlace(
    .iam, below: "/v2/projects/{project}", seenWith: "iam.roles.list")
}

/// Operations below parents of every kind, of APIs that no other code knows.
@Suite struct OperationPlaceTests {
  private let sandbox: TestSandbox
  private let path = "projects/my-project/locations/us-east4/repositories/lib"

  init() throws {
    sandbox = try TestSandbox(
      "my-project", enabling: ["artifactregistry.googleapis.com", "iam.googleapis.com"],
      serving: ServedAPIs.all + [Labels.self, Cleanings.self])
    sandbox.repository("lib")
  }

  @Test func belowARepository() {
    let made = sandbox.call("POST", "/v1beta2/\(path)/labels/red", [:])
    let name = made["name"]?.string ?? ""
    #expect(made.status == 200 && name.hasPrefix("\(path)/operations/"))
    #expect(made["done"] == nil)
    for version in ["v1beta2", "v1beta1"] {
      #expect(sandbox.call("GET", "/\(version)/\(name)")["name"] == .string(name))
    }
    #expect(sandbox.call("GET", "/v1/\(name)").status == 404)
    let (email, token) = sandbox.account("reader")
    let refused = sandbox.call("GET", "/v1beta2/\(name)", token: token)
    #expect(refused.status == 403 && refused.message.contains("/repositories/lib'"))
    sandbox.grant("roles/artifactregistry.reader", to: "serviceAccount:\(email)", on: path)
    #expect(sandbox.call("GET", "/v1beta2/\(name)", token: token).status == 200)
  }

  @Test func operationsOutliveTheirParent() {
    let name = sandbox.call("POST", "/v1beta2/\(path)/labels/red", [:])["name"]?.string ?? ""
    #expect(sandbox.call("DELETE", "/v1/\(path)").status == 200)
    #expect(sandbox.call("GET", "/v1beta2/\(name)").status == 200)
  }

  @Test func deletingARepositoryRemovesItsChildren() {
    sandbox.call("POST", "/v1beta2/\(path)/labels/red", [:])
    #expect(sandbox.call("GET", "/v1beta2/\(path)/labels")["labels"] == ["red"])
    sandbox.call("DELETE", "/v1/\(path)")
    sandbox.repository("lib")
    #expect(sandbox.call("GET", "/v1beta2/\(path)/labels")["labels"] == [])
  }

  @Test func belowAProject() {
    let made = sandbox.call("POST", "/v2/projects/my-project:tidy", [:])
    let name = made["name"]?.string ?? ""
    #expect(name.hasPrefix("projects/my-project/operations/") && made["metadata"]?["of"] == "tidy")
    #expect(sandbox.call("GET", "/v2/\(name)")["metadata"]?["of"] == "tidy")
    let (_, token) = sandbox.account("stranger")
    let refused = sandbox.call("GET", "/v2/\(name)", token: token)
    #expect(refused.status == 403 && refused["metadata"] == nil)
  }
}
