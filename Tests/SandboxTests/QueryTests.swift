import JSON
import Testing

@testable import SandboxWire

/// Query parameters that a method does not have, or that the sandbox does not act on.
@Suite struct QueryTests {
  private let sandbox: TestSandbox
  private let project = "/v1/projects/my-project"

  init() throws {
    sandbox = try TestSandbox("my-project", enabling: ["artifactregistry.googleapis.com"])
    sandbox.repository("lib")
  }

  private static func unknown(_ name: String, _ part: String? = nil) -> String {
    "Invalid JSON payload received. Unknown name \"\(name)\": Cannot bind query parameter. "
      + "Field '\(part ?? name)' could not be found in request message."
  }

  @Test func aMisspelledParameterIsRefusedWithGooglesText() {
    let reply = sandbox.call("GET", "\(TestSandbox.repositories)?pageSiz=1")
    let message = Self.unknown("pageSiz")
    #expect(reply.status == 400)
    #expect(
      reply["error"] == [
        "code": 400, "message": .string(message), "status": "INVALID_ARGUMENT",
        "details": [
          [
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [["description": .string(message)]],
          ]
        ],
      ])
  }

  @Test func aRefusedRequestChangesNothing() {
    let lib = "\(TestSandbox.repositories)/lib"
    let body: JSONValue = ["description": "changed"]
    #expect(sandbox.call("PATCH", "\(lib)?updatemask=description", body).status == 400)
    #expect(sandbox.call("GET", lib)["description"] == nil)
    let made = sandbox.call(
      "POST", "\(TestSandbox.repositories)?repositoryId=zz&nosuch=2", ["format": "PYTHON"])
    #expect(made.message == Self.unknown("nosuch"))
    #expect(sandbox.call("GET", "\(TestSandbox.repositories)/zz").status == 404)
    let account: JSONValue = ["accountId": "worker"]
    #expect(sandbox.call("POST", "\(project)/serviceAccounts?foo=bar", account).status == 400)
    // A parameter of another method is unknown here.
    #expect(sandbox.call("GET", "\(lib)?pageSize=1").status == 400)
    #expect(sandbox.call("DELETE", "\(lib)?force=true").status == 400)
    #expect(sandbox.call("GET", lib).status == 200)
  }

  @Test func everyUnknownNameIsReported() {
    let reply = sandbox.call("GET", "\(TestSandbox.repositories)?a=1&page_size=1&b_c=2&a=3&%41")
    let messages = ["a", "b_c", "A"].map { Self.unknown($0) }
    #expect(reply.message == messages.joined(separator: "\n"))
    let violations = reply["error"]?["details"]?.array?.first?["fieldViolations"]?.array
    #expect(violations?.map { $0["description"]?.string } == messages)
  }

  @Test func theUnknownPartIsNamed() {
    let path = "\(TestSandbox.repositories)/lib:getIamPolicy"
    let reply = sandbox.call("GET", "\(path)?options.requested_version=3")
    #expect(reply.message == Self.unknown("options.requested_version", "requested_version"))
    #expect(sandbox.call("GET", "\(path)?options.requested_policy_version=3").status == 200)
    #expect(sandbox.call("GET", "\(path)?option.x=3").message == Self.unknown("option.x", "option"))
  }

  @Test(arguments: [
    "alt=json", "$alt=json", "$alt=json;enum-encoding=int", "%24.xgafv=2", "prettyPrint=false",
    "$prettyPrint=true", "fields=name", "key=k", "quotaUser=me", "access_token=x", "oauth_token=x",
    "upload_protocol=raw", "uploadType=media", "userProject=p", "callback=", "alt=",
  ])
  func theStandardParametersAreAccepted(_ parameter: String) {
    let lib = "\(TestSandbox.repositories)/lib"
    for (method, path) in [
      ("GET", lib), ("POST", "\(project)/serviceAccounts/-:getIamPolicy"), ("GET", project),
    ] {
      let plain = sandbox.call(method, path).status
      #expect(sandbox.call(method, "\(path)?\(parameter)").status == plain, "\(path)")
    }
  }

  @Test func fieldsCanBeSelectedByEitherParameter() {
    for name in ["fields", "$fields"] {
      let reply = sandbox.call("GET", "\(TestSandbox.repositories)/lib?\(name)=format")
      #expect(reply.body == ["format": "PYTHON"])
    }
    let numbers = sandbox.call("GET", "\(TestSandbox.repositories)/lib?alt=json;enum-encoding=int")
    #expect(numbers["format"] == 8)
  }

  /// A parameter that would change the answer and is not supported is not ignored.
  @Test(arguments: [
    "/v1/projects/my-project?alt=proto", "/v1/projects/my-project?$alt=media",
    "/v1/projects/my-project?callback=f", "/v1/roles?parent=projects/my-project",
    "/v1/projects/my-project/locations?filter=x",
    "/v1/projects/my-project/locations?extra_location_types=x",
  ])
  func unsupportedParametersAnswer501(_ target: String) {
    let reply = sandbox.call("GET", target)
    #expect(reply.status == 501)
    #expect(reply["error"]?["status"] == "UNIMPLEMENTED")
    let name = Query.camelCase(String(target.split(whereSeparator: { "?=".contains($0) })[1]))
    #expect(reply.message.contains(name), "\(reply.message)")
  }

  @Test func controlPagesRefuseAndTheTokenEndpointDoesNot() {
    let call = { (method: String, target: String) in
      sandbox.call(method, target, token: "").status
    }
    #expect(call("GET", "/_sandbox/journal?sinc=1") == 400)
    #expect(call("GET", "/_sandbox/journal?since=x") == 400)
    #expect(call("GET", "/_sandbox/faults?x=1") == 400)
    #expect(call("POST", "/_sandbox/clock?advanceSeconds=60") == 400)
    #expect(call("GET", "/_sandbox/clock?alt=json") == 400)
    // RFC 6749, 3.2: unknown parameters are ignored there.
    let form = "grant_type=password"
    let reply = sandbox.raw(
      "POST", "/token?x=1", headers: ["host": "localhost"], body: Array(form.utf8))
    #expect(reply["error"] == "unsupported_grant_type")
  }

  /// A caller without a credential learns nothing else.
  @Test func authenticationComesBeforeAuthorization() {
    let target = "\(TestSandbox.repositories)?pageSiz=1"
    #expect(sandbox.call("GET", target, token: "").status == 401)
    let (_, token) = sandbox.account("stranger")
    #expect(sandbox.call("GET", target, token: token).status == 400)
    #expect(sandbox.call("GET", TestSandbox.repositories, token: token).status == 403)
  }

  /// A long GET arrives as a POST with its query in the body.
  @Test func theQueryOfALongGetIsChecked() {
    let reply = sandbox.raw(
      "POST", TestSandbox.repositories,
      headers: [
        "host": "localhost", "authorization": "Bearer \(sandbox.owner)",
        "x-http-method-override": "GET", "content-type": "application/x-www-form-urlencoded",
      ], body: Array("pageSiz=1".utf8))
    #expect(reply.message == Self.unknown("pageSiz"))
  }
}
