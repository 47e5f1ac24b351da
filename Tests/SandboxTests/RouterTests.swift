import HTTP
import JSON
import Testing

@testable import Sandbox
@testable import SandboxCalls
@testable import SandboxIAM

@Suite struct RouterTests {
  private let router = Router(ServedAPIs.routes)

  @Test func bindsVariablesAndDecodesThem() throws {
    let match = try #require(
      router.match("GET", "/v1/projects/p/serviceAccounts/a%40p.iam.gserviceaccount.com"))
    #expect(match.variables["account"] == "a@p.iam.gserviceaccount.com")
    #expect(match.variables["project"] == "p")
  }

  @Test func verbsAreDistinguishedFromNames() throws {
    let verb = try #require(router.match("POST", "/v1/projects/example.com:p1:getIamPolicy"))
    #expect(verb.variables["project"] == "example.com:p1")
    let name = try #require(router.match("GET", "/v1/projects/example.com:p1"))
    #expect(name.variables["project"] == "example.com:p1")
    #expect(router.match("POST", "/v1/projects/p:getIamPolic") == nil)
  }

  @Test(arguments: [
    ("GET", "/v1/projects/p/"), ("GET", "/v1/projects//locations"), ("GET", "/"), ("GET", ""),
    ("PUT", "/v1/projects/p/roles/r"), ("GET", "/v1/projects/%zz"), ("GET", "/v2/projects/p"),
  ])
  func refuses(_ method: String, _ path: String) {
    #expect(router.match(method, path) == nil)
  }

  @Test func literalsTakePrecedenceOverVariables() throws {
    let match = try #require(router.match("GET", "/v3/projects:search"))
    #expect(match.route.template == "/v3/projects:search")
  }

  @Test func noTwoRoutesAreTheSame() {
    var seen: Set<String> = []
    for route in ServedAPIs.routes {
      #expect(seen.insert("\(route.method.rawValue) \(route.template)").inserted)
    }
  }

  @Test func everyPermissionOfARouteIsKnown() {
    for route in ServedAPIs.routes {
      guard case .permission(let permission, _) = route.access else { continue }
      #expect(PermissionCatalogue.all.contains(permission), "\(permission)")
    }
  }

  @Test func unservedRequestsSaySo() throws {
    let sandbox = try TestSandbox("my-project")
    let reply = sandbox.call("POST", "/v1/projects/my-project/locations/us/repositories/r:export")
    #expect(reply.status == 404)
    #expect(reply.message.contains("does not serve POST"))
    #expect(reply.reason == "NOT_SERVED_BY_SANDBOX")
  }
}
