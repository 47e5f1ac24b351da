import Platform
import Testing

@testable import Commands

/// Google's host names behind the proxy of a sandbox: the sandbox's token goes there, and nowhere else.
@Suite struct SandboxProxyTests {
  private static let url = "https://us-east4-python.pkg.dev/p/r/simple/"
  private static let proxy = "http://127.0.0.1:8443"

  private func environment(
    _ base: ProcessEnvironment, _ variables: [String: String]
  ) -> ProcessEnvironment {
    ProcessEnvironment(base.variables.merging(variables) { _, new in new })
  }

  private static let front = [
    "HTTPS_PROXY": proxy, "https_proxy": proxy, "ARCTL_SANDBOX_PROXY": proxy,
  ]

  @Test func theSandboxAnswersBehindItsOwnProxy() async {
    let call = await HelperCall.keyring(Self.url, in: environment(HelperCall.local, Self.front))
    #expect(call.output == HelperCall.sandboxToken + "\n")
  }

  /// Docker's daemon connects, which does not have the shell's proxy; the proxy serves Python packages only.
  @Test func dockerAndOtherFormatsGetNoToken() async {
    let docker = await HelperCall.docker(
      "us-east4-docker.pkg.dev", in: environment(HelperCall.local, Self.front))
    #expect(docker.outcome.code == 1 && !docker.printsAToken)
    let npm = await HelperCall.keyring(
      "https://us-east4-npm.pkg.dev/", in: environment(HelperCall.local, Self.front))
    #expect(npm.outcome.code == 1 && !npm.printsAToken)
  }

  /// The client would send a token of Google's through the proxy, which may be a sandbox.
  @Test(
    arguments: [
      ["HTTPS_PROXY": proxy], ["https_proxy": "localhost:3128"], ["ALL_PROXY": "http://[::1]:1"],
      ["HTTPS_PROXY": proxy, "NO_PROXY": ".googleapis.com"], ["PIP_PROXY": proxy],
    ] as [[String: String]])
  func aTokenOfGoogleGoesThroughNoLocalProxy(_ variables: [String: String]) async {
    let keyring = await HelperCall.keyring(
      Self.url, in: environment(HelperCall.google, variables))
    #expect(keyring.outcome.code == 1 && !keyring.printsAToken)
    #expect(keyring.errors.contains("on this machine"))
  }

  /// Another proxy, none, one that is not on this machine, an exception for the host: the client may reach Google.
  @Test(
    arguments: [
      [:], ["HTTPS_PROXY": proxy], ["ARCTL_SANDBOX_PROXY": proxy],
      ["HTTPS_PROXY": proxy, "https_proxy": "", "ARCTL_SANDBOX_PROXY": proxy],
      ["HTTPS_PROXY": proxy, "ARCTL_SANDBOX_PROXY": proxy],
      [
        "HTTPS_PROXY": proxy, "https_proxy": proxy, "ARCTL_SANDBOX_PROXY": proxy,
        "PIP_PROXY": "http://127.0.0.1:1",
      ],
      ["HTTPS_PROXY": "http://127.0.0.1:8444", "ARCTL_SANDBOX_PROXY": proxy],
      [
        "HTTPS_PROXY": "http://proxy.example.com:8443",
        "ARCTL_SANDBOX_PROXY": "http://proxy.example.com:8443",
      ],
      [
        "HTTPS_PROXY": proxy, "https_proxy": proxy, "ARCTL_SANDBOX_PROXY": proxy,
        "NO_PROXY": "pkg.dev",
      ],
      ["HTTPS_PROXY": proxy, "ARCTL_SANDBOX_PROXY": proxy, "https_proxy": "http://127.0.0.1:1"],
      ["HTTPS_PROXY": proxy, "ARCTL_SANDBOX_PROXY": "127.0.0.1:8443"],
      ["HTTP_PROXY": proxy, "ARCTL_SANDBOX_PROXY": proxy],
    ] as [[String: String]])
  func otherwiseItDoesNot(_ variables: [String: String]) async {
    let call = await HelperCall.keyring(Self.url, in: environment(HelperCall.local, variables))
    #expect(call.outcome.code == 1 && !call.printsAToken)
  }

  /// Other hosts are not served there.
  @Test func onlyPackageHosts() async {
    let variables = Self.front
    for url in LookAlikeTests.servers where url != "https://127.0.0.1:8085" {
      let call = await HelperCall.keyring(url, in: environment(HelperCall.local, variables))
      #expect(!call.printsAToken, "\(url)")
    }
  }

  /// A credential of Google's is not answered with a sandbox's name for its proxy.
  @Test func aCredentialOfGoogleIsGivenToNoSandbox() async {
    let variables = Self.front
    let call = await HelperCall.keyring(
      "http://127.0.0.1:8085/x", in: environment(HelperCall.google, variables))
    #expect(!call.printsAToken)
  }
}
