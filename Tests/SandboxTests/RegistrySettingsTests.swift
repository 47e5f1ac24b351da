import JSON
import Testing

@testable import Sandbox

/// Who may read and change the settings of a project, and what is left of annotations and attachments. The calls of
/// Google's clients are in Tests/Clients/test_registry.py and packages/test_metadata.py.
@Suite struct RegistrySettingsTests {
  private static let place = "/v1/projects/my-project/locations/us-east4"

  @Test(arguments: [
    ("/v1/projects/my-project/projectSettings", "projectsettings", true),
    ("\(place)/projectConfig", "projectconfigs", true),
    // No predefined role has the permissions of this one.
    ("\(place)/vpcscConfig", "vpcscconfigs", false),
  ])
  func permissions(_ path: String, _ resource: String, _ isInAdmin: Bool) throws {
    let sandbox = try TestSandbox("my-project")
    let (email, token) = sandbox.account("worker")
    for (method, verb) in [("GET", "get"), ("PATCH", "update")] {
      let refused = sandbox.call(method, path, [:], token: token)
      #expect(
        refused.status == 403 && refused.message.contains("artifactregistry.\(resource).\(verb)"))
    }
    sandbox.grant(
      "roles/artifactregistry.admin", to: "serviceAccount:\(email)", on: "projects/my-project")
    for method in ["GET", "PATCH"] {
      #expect(
        sandbox.call(method, path, [:], token: token).status == (isInAdmin ? 200 : 403), "\(method)"
      )
    }
    let role = sandbox.call(
      "POST", "/v1/projects/my-project/roles",
      [
        "roleId": "mine",
        "role": ["includedPermissions": [.string("artifactregistry.\(resource).get")]],
      ])
    #expect(role.status == 200, "\(role.message)")
    sandbox.grant(
      "projects/my-project/roles/mine", to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(sandbox.call("GET", path, token: token).status == 200)
  }

  @Test func settingsAreShownByNumberOnRequest() throws {
    let sandbox = try TestSandbox("my-project")
    let answer = sandbox.call(
      "GET", "\(Self.place)/vpcscConfig?$alt=json;enum-encoding=int")
    #expect(answer["vpcscPolicy"] == 1)
  }

  @Test func annotationsEndWithTheirVersion() throws {
    let fixture = try PackageFixture()
    fixture.upload("demo-1.0.tar.gz", version: "1.0")
    let version = "/v1/\(PackageFixture.place)/py/packages/demo/versions/1.0"
    let sandbox = fixture.test
    let annotated = sandbox.call("PATCH", version, ["annotations": ["a": "b"]])
    #expect(annotated["annotations"] == ["a": "b"], "\(annotated.message)")
    #expect(sandbox.call("DELETE", version).status == 200)
    fixture.upload("demo-1.0.tar.gz", version: "1.0", content: "again")
    let again = sandbox.call("GET", version)
    #expect(again.status == 200 && again["annotations"] == nil)
  }
}
