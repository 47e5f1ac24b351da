import Foundation
import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import Commands

/// `arctl token` and `arctl whoami`.
@Suite struct TokenVerbTests {
  private static let manifests = """
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: uploader}
    spec: {project: my-project-id}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: shared-one}
    spec: {project: my-project-id}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: shared-one}
    spec: {project: other-project}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: libs}
    spec: {project: my-project-id, location: us-east4, format: python}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: more}
    spec: {project: my-project-id, location: us-east4, format: python}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: images}
    spec: {project: my-project-id, location: europe, format: docker}

    """
  private static let email = "uploader@my-project-id.iam.gserviceaccount.com"

  private func context(
    _ environment: ProcessEnvironment = HelperCall.google,
    respond: @escaping @Sendable (HTTPRequest) throws(HTTPFailure) -> HTTPResponse = {
      (_) throws(HTTPFailure) in
      HTTPResponse(
        status: 200, headers: [:],
        body: Array(
          #"{"accessToken":"ya29.of-the-account","expireTime":"2027-01-15T09:00:00Z"}"#.utf8))
    }
  ) throws -> TestContext {
    let context = TestContext(environment: environment, respond: respond)
    try context.write("/m/a.yaml", Self.manifests)
    return context
  }

  @Test func standardOutputIsTheTokenAlone() async {
    // The manifests are not read, so they need not exist.
    let context = TestContext(environment: HelperCall.google)
    #expect(await context.run("token", "--verbose") == .success)
    #expect(context.console.output == HelperCall.googleToken + "\n")
    #expect(!context.console.errors.contains("CANARY"))
  }

  @Test func jsonHasWhatIsKnown() async throws {
    let known = TestContext(environment: HelperCall.google)
    #expect(await known.run("token", "--output", "json") == .success)
    let answer = try JSONValue(parsing: Array(known.console.output.utf8))
    #expect(answer.object?.map(\.key) == ["access_token"])
    let context = try context()
    #expect(await context.run("token", "/m", "--as", "uploader", "--output=json") == .success)
    #expect(
      context.console.output == """
        {
          "access_token": "ya29.of-the-account",
          "expiry": "2027-01-15T09:00:00.000Z",
          "account": "\(Self.email)",
          "project": "my-project-id"
        }

        """)
  }

  @Test func netrcHasTheHostsOfTheManifests() async throws {
    let context = try context()
    #expect(await context.run("token", "/m", "--output", "netrc") == .success)
    #expect(
      context.console.output == """
        machine europe-docker.pkg.dev login oauth2accesstoken password \(HelperCall.googleToken)
        machine us-east4-python.pkg.dev login oauth2accesstoken password \(HelperCall.googleToken)

        """)
    let local = TestContext(environment: HelperCall.local)
    #expect(await local.run("token", "--output", "netrc") == .success)
    #expect(
      local.console.output
        == "machine 127.0.0.1 login oauth2accesstoken password \(HelperCall.sandboxToken)\n")
  }

  @Test func netrcNeedsARepository() async throws {
    let context = TestContext(environment: HelperCall.google)
    try context.write("/m/a.yaml", Self.manifests.components(separatedBy: "---")[0])
    #expect(await context.run("token", "/m", "--output", "netrc") == .invalid)
    #expect(context.console.output.isEmpty)
    #expect(context.console.errors.contains("the manifests declare no repository"))
  }

  @Test(arguments: [["uploader"], [email]]) func actsAsAnAccount(_ names: [String]) async throws {
    let context = try context()
    #expect(await context.run("token", "/m", "--as", names[0]) == .success)
    #expect(context.console.output == "ya29.of-the-account\n")
    let request = try #require(context.transport.requests.first)
    #expect(
      request.url == "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
        + "\(Self.email):generateAccessToken".replacing("@", with: "%40")
        || request.url.hasSuffix("\(Self.email):generateAccessToken"))
    #expect(request.headers["Authorization"] == "Bearer \(HelperCall.googleToken)")
    #expect(context.transport.requests.count == 1)
  }

  /// The account of the option, or of the environment, becomes the last delegate.
  @Test func actsByWayOfTheImpersonatedAccount() async throws {
    let context = try context()
    let way = "b@my-project-id.iam.gserviceaccount.com,a@my-project-id.iam.gserviceaccount.com"
    #expect(
      await context.run(
        "token", "--as", Self.email, "--impersonate-service-account", way) == .success)
    let body = try JSONValue(parsing: context.transport.requests[0].body ?? [])
    #expect(
      body["delegates"]?.array?.compactMap(\.string) == [
        "projects/-/serviceAccounts/a@my-project-id.iam.gserviceaccount.com",
        "projects/-/serviceAccounts/b@my-project-id.iam.gserviceaccount.com",
      ])
  }

  @Test func anAccountThatIsNotDeclared() async throws {
    let context = try context()
    #expect(await context.run("token", "/m", "--as", "uplaoder") == .invalid)
    #expect(context.console.errors.contains("did you mean `uploader`?"))
    #expect(await context.run("token", "/m", "--as", "shared-one") == .invalid)
    #expect(
      context.console.errors.contains(
        "write its e-mail: shared-one@my-project-id.iam.gserviceaccount.com or "
          + "shared-one@other-project.iam.gserviceaccount.com"))
    #expect(context.transport.requests.isEmpty && context.console.output.isEmpty)
  }

  @Test(arguments: [
    ["--as", "a@b,c@d"], ["--as", "a@b@c"], ["--as", "@"], ["--output", "yaml"], ["--as", ""],
  ])
  func wrongArguments(_ arguments: [String]) async {
    let context = TestContext(environment: HelperCall.google)
    #expect(await context.run(["token"] + arguments) == .usage)
    #expect(context.console.output.isEmpty && context.transport.requests.isEmpty)
  }

  @Test func aRefusedImpersonationNamesTheRole() async throws {
    let refusal =
      #"{"error":{"code":403,"message":"Permission 'iam.serviceAccounts.getAccessToken' denied ya29.CANARY-7f3a9c51e8d24b60-of-google","status":"PERMISSION_DENIED"}}"#
    let context = try context(respond: { (_) throws(HTTPFailure) in
      HTTPResponse(status: 403, headers: [:], body: Array(refusal.utf8))
    })
    #expect(await context.run("token", "--as", Self.email, "-v") == .access)
    #expect(context.console.errors.contains("roles/iam.serviceAccountTokenCreator"))
    #expect(!context.console.errors.contains("CANARY") && context.console.output.isEmpty)
  }

  @Test func noTokenForAnotherServer() async {
    for environment: ProcessEnvironment in [
      ["ARCTL_ACCESS_TOKEN": HelperCall.googleToken, "ARCTL_ENDPOINT": HelperCall.sandbox],
      ["ARCTL_ACCESS_TOKEN": HelperCall.sandboxToken],
    ] {
      let context = TestContext(environment: environment)
      for arguments in [["token"], ["token", "--as", Self.email], ["whoami"]] {
        #expect(await context.run(arguments) == .access)
      }
      #expect(context.console.output.isEmpty && context.transport.requests.isEmpty)
      #expect(!context.console.errors.contains("CANARY"))
    }
  }

  @Test func whoamiNamesTheCredential() async throws {
    let context = TestContext(environment: HelperCall.local)
    #expect(await context.run("whoami") == .success)
    #expect(
      context.console.output == """
        account  unknown: the credential does not name it
        type     access_token
        source   ARCTL_ACCESS_TOKEN
        server   http://127.0.0.1:8085

        """)
    #expect(context.transport.requests.isEmpty)
  }

  @Test func whoamiNamesTheAccountBehindTheActingOne() async throws {
    let files = TestContext(environment: ["GOOGLE_APPLICATION_CREDENTIALS": "/user.json"])
    try files.write(
      "/user.json",
      #"{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"CANARY","account":"ana@example.com","quota_project_id":"qp"}"#
    )
    #expect(await files.run("whoami", "--output=json") == .success)
    #expect(
      files.console.output == """
        {
          "account": "ana@example.com",
          "type": "authorized_user",
          "source": "/user.json, by GOOGLE_APPLICATION_CREDENTIALS",
          "server": "Google",
          "quotaProject": "qp"
        }

        """)
    #expect(
      await files.run("whoami", "--impersonate-service-account", Self.email) == .success)
    #expect(
      files.console.output.contains(
        "source        authorized_user:ana@example.com (from /user.json, by GOOGLE_APPLICATION_CREDENTIALS)"
      ))
    #expect(files.transport.requests.isEmpty && !files.console.output.contains("CANARY"))
  }
}
