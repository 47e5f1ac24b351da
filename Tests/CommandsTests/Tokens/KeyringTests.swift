import TestSupport
import Testing

@testable import Commands

/// The protocol of the program `keyring`.
@Suite struct KeyringTests {
  private let url = "https://us-east4-python.pkg.dev/my-project-id/libs/simple/"

  @Test func printsTheTokenAndNothingElse() async {
    let call = await HelperCall.keyring(url)
    #expect(call.outcome == .success && call.output == HelperCall.googleToken + "\n")
    #expect(call.errors.isEmpty && call.requests.isEmpty && call.passedOn == nil)
    let local = await HelperCall.keyring("127.0.0.1:8085", in: HelperCall.local)
    #expect(local.output == HelperCall.sandboxToken + "\n")
    let named = await HelperCall("arctl", ["keyring", "get", url, "oauth2accesstoken"])
    #expect(named.output == call.output)
  }

  /// uv asks so if the URL has no user name.
  @Test(arguments: [["--mode", "creds"], ["--mode=creds"]])
  func printsTheUserToo(_ mode: [String]) async {
    let call = await HelperCall("keyring", ["get", url] + mode)
    #expect(call.output == "oauth2accesstoken\n\(HelperCall.googleToken)\n")
    let named = await HelperCall("arctl", ["keyring", "get", url] + mode)
    #expect(named.output == call.output)
  }

  /// pip 26.3 asks so, with or without a user name.
  @Test(arguments: [[], ["oauth2accesstoken"]]) func printsJSON(_ user: [String]) async {
    let expected =
      #"{"username":"oauth2accesstoken","password":"\#(HelperCall.googleToken)"}"# + "\n"
    let arguments = ["--mode=creds", "--output=json", "get", url] + user
    #expect(await HelperCall("keyring", arguments).output == expected)
    #expect(await HelperCall("arctl", ["keyring"] + arguments).output == expected)
    let alone = await HelperCall("keyring", ["get", url, "oauth2accesstoken", "--output", "json"])
    #expect(alone.output == #"{"password":"\#(HelperCall.googleToken)"}"# + "\n")
  }

  @Test(arguments: ["ana", "_json_key", "__token__", ""])
  func anotherUserHasNoToken(_ user: String) async {
    let call = await HelperCall("keyring", ["get", url, user])
    #expect(call.outcome.code == 1 && !call.printsAToken && call.passedOn == nil)
    #expect(call.errors.contains("the user of a token is `oauth2accesstoken`"))
  }

  @Test(arguments: ["set", "del"]) func storesNothing(_ operation: String) async {
    let own = await HelperCall("keyring", [operation, url, "oauth2accesstoken"], input: "secret")
    #expect(own.outcome.code == 1 && own.passedOn == nil && own.output.isEmpty)
    #expect(
      own.errors
        == "arctl: no password is stored: arctl gets a new token each time that a client asks\n")
    let other = await HelperCall("keyring", [operation, "https://pypi.example/", "ana"])
    #expect(other.passedOn == ["/usr/bin/keyring", operation, "https://pypi.example/", "ana"])
  }

  /// Another server, or something that only the other program can do.
  @Test(arguments: [
    ["get", "https://pypi.example/simple/", "ana"],
    ["get", "https://pypi.example/", "--mode", "creds"],
    ["--list-backends"], ["diagnose"], [], ["--help"], ["get"], ["get", "a", "b", "c"],
    [
      "-b", "keyring.backends.null.Keyring", "get", "https://us-east4-python.pkg.dev/",
      "oauth2accesstoken",
    ],
    ["get", "https://us-east4-python.pkg.dev/"],
    ["get", "https://us-east4-python.pkg.dev/", "u", "--mode", "x"],
    ["get", "https://us-east4-python.pkg.dev/", "u", "--mode"],
    ["--output=xml", "get", "https://us-east4-python.pkg.dev/", "u"],
    ["get", "us-python.pkg.dev", "u", "--m=creds"],
    ["gett", "https://us-east4-python.pkg.dev/", "u"],
  ])
  func passesOn(_ arguments: [String]) async {
    let call = await HelperCall("keyring", arguments)
    #expect(call.passedOn == ["/usr/bin/keyring"] + arguments)
    #expect(!call.printsAToken && call.requests.isEmpty)
    let alone = await HelperCall("keyring", arguments, next: nil)
    #expect(alone.outcome.code == 1 && !alone.printsAToken && alone.output.isEmpty)
    #expect(alone.errors.contains("PATH has no other `keyring`"))
  }

  /// The URL of another server may contain a password.
  @Test func noMessageRepeatsTheURL() async {
    let call = await HelperCall(
      "keyring", ["get", "https://ana:CANARY-password@pypi.example/", "ana"], next: nil)
    #expect(call.outcome.code == 1 && !call.errors.contains("CANARY"))
  }

  @Test func withoutCredentialsTheMessageSaysWhereItLooked() async {
    let call = await HelperCall(
      "keyring", ["get", url, "oauth2accesstoken"],
      in: ["HOME": "/home/me", "NO_GCE_CHECK": "true"])
    #expect(call.outcome.code == 1 && call.output.isEmpty && call.passedOn == nil)
    #expect(call.errors.contains("arctl: no credentials were found\n"))
    #expect(call.errors.contains("/home/me/.config/gcloud/application_default_credentials.json"))
    #expect(!call.errors.contains("--sandbox"))
  }

  /// Never a token of Google's to a sandbox, or the other way round.
  @Test func aTokenStaysWithItsServer() async {
    let mixed: [(String, environment: [String: String])] = [
      (url, ["ARCTL_ACCESS_TOKEN": HelperCall.sandboxToken, "ARCTL_ENDPOINT": HelperCall.sandbox]),
      (url, ["ARCTL_ACCESS_TOKEN": HelperCall.sandboxToken]),
      (url, ["ARCTL_ACCESS_TOKEN": HelperCall.googleToken, "ARCTL_ENDPOINT": HelperCall.sandbox]),
      (
        HelperCall.sandbox,
        ["ARCTL_ACCESS_TOKEN": HelperCall.googleToken, "ARCTL_ENDPOINT": HelperCall.sandbox]
      ),
      (HelperCall.sandbox, ["ARCTL_ACCESS_TOKEN": HelperCall.googleToken]),
      (HelperCall.sandbox, ["ARCTL_ACCESS_TOKEN": HelperCall.sandboxToken]),
    ]
    for (url, environment) in mixed {
      for call in [
        await HelperCall.keyring(url, in: .init(environment)),
        await HelperCall.docker(url, in: .init(environment)),
      ] {
        #expect(call.outcome.code == 1 && !call.printsAToken, "\(url) \(environment)")
        #expect(call.requests.isEmpty)
      }
    }
  }

  /// A trace of requests has no token either.
  @Test func aTraceHasNoToken() async {
    var environment = HelperCall.google
    environment["ARCTL_VERBOSE"] = "true"
    let call = await HelperCall.keyring(url, in: environment)
    #expect(call.output == HelperCall.googleToken + "\n" && !call.errors.contains("CANARY"))
  }
}
