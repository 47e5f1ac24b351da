import HTTP
import JSON
import Testing

@testable import GoogleCloud

@Suite struct CredentialSearchTests {
  static let user = #"""
    {"type":"authorized_user","client_id":"c","client_secret":"sekret","refresh_token":"rrr",
     "quota_project_id":"qp","account":"ana@example.com"}
    """#
  static let wellKnown = "/home/a/.config/gcloud/application_default_credentials.json"
  static let email =
    "http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/email"

  func find(
    _ search: CredentialSearch, _ stage: Stage = Stage(), _ endpoints: Endpoints = .google
  ) async throws(CredentialError) -> Credential {
    try await search.find(endpoints: endpoints, run: stage.run)
  }

  func failure(_ search: CredentialSearch, _ stage: Stage = Stage()) async -> CredentialError? {
    do {
      _ = try await find(search, stage)
      return nil
    } catch {
      return error
    }
  }

  @Test func order() async throws {
    let files = ["/key.json": try TestKey.file(), CredentialSearchTests.wellKnown: Self.user]
    var environment = [
      "HOME": "/home/a", "GOOGLE_APPLICATION_CREDENTIALS": "/key.json", "ARCTL_ACCESS_TOKEN": "t",
    ]
    #expect(try await find(search(environment, files: files)).kind == .accessToken)
    environment["ARCTL_ACCESS_TOKEN"] = ""
    let key = try await find(search(environment, files: files))
    #expect(key.caller == "service_account:up@p.iam.gserviceaccount.com")
    #expect(key.source == "/key.json, by GOOGLE_APPLICATION_CREDENTIALS")
    environment["GOOGLE_APPLICATION_CREDENTIALS"] = nil
    let user = try await find(search(environment, files: files))
    #expect(user.caller == "authorized_user:ana@example.com")
    #expect(user.quotaProject == "qp")
    environment["GOOGLE_CLOUD_QUOTA_PROJECT"] = "env"
    #expect(try await find(search(environment, files: files)).quotaProject == "env")
    environment["CLOUDSDK_CONFIG"] = "/cfg"
    let moved = ["/cfg/application_default_credentials.json": Self.user]
    #expect(try await find(search(environment, files: moved)).kind == .authorizedUser)
    let only = search(environment, files: files, onlyFile: "/key.json")
    #expect(try await find(only).kind == .serviceAccount)
  }

  @Test func metadataServerComesLast() async throws {
    let stage = Stage()
    stage.transport.stub(
      .get, Self.email, .json("vm@p.iam", headers: ["metadata-flavor": "Google"]))
    let token = Self.email.replacing("/email", with: "/token")
    stage.transport.stub(
      .get, token + "?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform",
      .json(
        #"{"access_token":"ya29.m","expires_in":3599,"token_type":"Bearer"}"#,
        headers: ["Metadata-Flavor": "Google"]))
    let credential = try await find(search(["HOME": "/home/a"]), stage)
    #expect(credential.caller == "metadata_server:vm@p.iam")
    #expect(try await credential.accessToken() == "ya29.m")
    for request in stage.transport.requests {
      #expect(request.headers["Metadata-Flavor"] == "Google")
    }
    #expect(stage.transport.requests[0].timeout <= .seconds(1))
    #expect(stage.observed.value.withLock { $0.last?.url } == token)
    stage.transport.finish()
  }

  @Test func anAnswerWithoutTheMetadataHeaderIsIgnored() async throws {
    let stage = Stage()
    stage.transport.stub(.get, Self.email, .json("<html>portal</html>"))
    let error = try #require(await failure(search(["HOME": "/home/a"]), stage))
    #expect(
      error.looked.last == "the metadata server: the host that answers is not a metadata server")
  }

  @Test func aFailedSearchListsThePlaces() async throws {
    let stage = Stage()
    stage.transport.stub(.get, "http://h:1" + Self.email.dropFirst(22), .failure(.notSent))
    let error = try #require(
      await failure(search(["HOME": "/home/a", "GCE_METADATA_HOST": "h:1"]), stage))
    #expect(
      error.description == """
        no credentials were found
          looked at ARCTL_ACCESS_TOKEN: not set
          looked at GOOGLE_APPLICATION_CREDENTIALS: not set
          looked at \(Self.wellKnown): no such file
          looked at the metadata server: no answer (notSent)
          sign in: gcloud auth application-default login
          or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file
          or try it without a cloud account: add --sandbox
        """)
    stage.transport.finish()
  }

  @Test func theMetadataServerIsSkippedIfItCannotHelp() async throws {
    let off = await failure(search(["NO_GCE_CHECK": "True"]))
    #expect(off?.looked.last?.contains("NO_GCE_CHECK") == true)
    let stage = Stage()
    let sandbox = try Endpoints(all: "http://127.0.0.1:8080")
    await #expect(throws: CredentialError.self) { try await find(search(), stage, sandbox) }
    #expect(stage.transport.requests.isEmpty)
  }

  @Test(arguments: [
    (#"{"type":"external_account_authorized_user"}"#, "external_account_authorized_user"),
    (#"{"type":"service_account","client_email":"e","private_key":"sekret"}"#, "private_key"),
    (#"{"type":"service_account","private_key":"sekret"}"#, "client_email"),
    (#"{"type":"authorized_user","client_id":"c","client_secret":"sekret"}"#, "refresh_token"),
    (#"{"client_email":"sekret"}"#, "no `type`"), ("sekret", "not one JSON object"),
    (#"["sekret"]"#, "not one JSON object"),
    (#"{"type":"authorized_user","universe_domain":"u.example"}"#, "universe domain `u.example`"),
    (
      #"{"type":"external_account","audience":"a","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","#
        + #""credential_source":{"executable":{"command":"sekret"}}}"#,
      "`credential_source.executable` is not supported, only `file` and `url`: a credential file must not run programs"
    ),
    (
      #"{"type":"external_account","audience":"a","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","#
        + #""credential_source":{"environment_id":"aws1","url":"http://169.254.169.254/sekret"}}"#,
      "`credential_source.environment_id` is not supported, only `file` and `url`: tokens of AWS"
    ),
    (
      #"{"type":"external_account","audience":"a","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","#
        + #""credential_source":{"certificate":{}}}"#,
      "`credential_source.certificate` is not supported, only `file` and `url`: arctl does not"
    ),
  ])
  func badFiles(_ text: String, _ expected: String) async throws {
    let environment = ["GOOGLE_APPLICATION_CREDENTIALS": "/f"]
    let error = try #require(await failure(search(environment, files: ["/f": text])))
    #expect(error.message.contains(expected))
    #expect(!error.description.contains("sekret"))
    #expect(error.looked == ["/f, by GOOGLE_APPLICATION_CREDENTIALS"])
  }

  @Test func aMissingNamedFileEndsTheSearch() async throws {
    let environment = ["GOOGLE_APPLICATION_CREDENTIALS": "/gone", "HOME": "/home/a"]
    let error = await failure(search(environment, files: [Self.wellKnown: Self.user]))
    #expect(error?.looked == ["/gone, by GOOGLE_APPLICATION_CREDENTIALS: no such file"])
  }

  @Test func tokensThatBreakHeadersAreRefused() async throws {
    for token in ["a b", "a\r\nX: y", "ä"] {
      let error = try #require(await failure(search(["ARCTL_ACCESS_TOKEN": token])))
      #expect(!error.description.contains(token))
    }
  }

  @Test func aPrintedCredentialContainsNoSecrets() async throws {
    let pem = try #require(TestKey.made).pem
    let files = ["/key.json": try TestKey.file(), "/user": Self.user]
    for path in files.keys {
      let found = try await find(
        search(["GOOGLE_APPLICATION_CREDENTIALS": path], files: files))
      for text in ["\(found)", found.describe, String(reflecting: found)] {
        #expect(!text.contains("sekret") && !text.contains("rrr"))
        #expect(!text.contains(pem.dropFirst(100).prefix(40)))
      }
    }
    let token = try #require(AccessToken("ya29.sekret", expires: nil))
    var dumped = ""
    dump(token, to: &dumped)
    #expect(!("\(token) \(String(reflecting: token)) " + dumped).contains("sekret"))
  }

  @Test func impersonationFlag() {
    let parsed = CredentialSearch.Impersonation(flag: "a@p.iam,b@p.iam,c@p.iam")
    #expect(parsed?.email == "a@p.iam")
    #expect(parsed?.delegates == ["b@p.iam", "c@p.iam"])
    for flag in ["", "a", "a@p,", "a@p b@p", "@p", "a@", "a@b@c", "x/a@p"] {
      #expect(CredentialSearch.Impersonation(flag: flag) == nil)
    }
  }
}
