import Testing

@testable import Sandbox

@Suite struct StartMessageTests {
  private let message = StartMessage(
    baseURL: "http://127.0.0.1:8085", ownerFile: "/home/me/it's my data/owner.json")

  private var lines: [String] {
    message.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  @Test func foldersAreQuotedForTheShell() {
    let quoted = #"'/home/me/it'\''s my data/owner.json'"#
    #expect(lines.contains("export GOOGLE_APPLICATION_CREDENTIALS=\(quoted)"))
    #expect(lines.contains("export CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE=\(quoted)"))
    #expect(lines.count { $0.contains("my data") } == 2)
  }

  /// gcloud uses Google's token endpoint, whatever a key file says, unless a setting names another one.
  @Test func theExportsCoverTheTokenEndpointAndEveryAPI() {
    let base = message.baseURL
    let told = lines.filter { $0.hasPrefix("export CLOUDSDK_") && !$0.contains("FILE") }
    let names = [
      "ARTIFACTREGISTRY", "IAM", "IAMCREDENTIALS", "CLOUDRESOURCEMANAGER", "SERVICEUSAGE",
      "CLOUDBILLING", "CLOUDKMS", "SECRETMANAGER", "ORGPOLICY",
    ]
    #expect(
      told == ["export CLOUDSDK_AUTH_TOKEN_HOST=\(base)/token"]
        + names.map { "export CLOUDSDK_API_ENDPOINT_OVERRIDES_\($0)=\(base)/" })
  }

  /// They use Google's endpoints with the sandbox's credential, unless each gets the endpoint.
  @Test func theStartMessageNamesTheEndpointForPython() {
    #expect(lines.contains(#"options = {"api_endpoint": "http://127.0.0.1:8085"}"#))
    #expect(lines.count { $0.contains("client_options=options") } == 2)
  }

  /// With the front, the settings for a shell are all that clients need.
  @Test func theFrontsSettingsReplaceTheOthers() {
    var front = message
    front.shellSettings =
      ShellSettings(
        baseURL: front.baseURL, proxy: "http://127.0.0.1:9", folder: "/home/me/it's my data"
      ).text
    let lines = front.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.contains("export HTTPS_PROXY=http://127.0.0.1:9"))
    #expect(lines.contains(#"export PIP_CERT='/home/me/it'\''s my data/tls/bundle.pem'"#))
    #expect(
      lines.allSatisfy { $0.isEmpty || $0.wholeMatch(of: /(#|export |unset |curl ).*/) != nil })
    #expect(!front.text.contains("api_endpoint") && lines.count <= 34)
    #expect(lines.allSatisfy { $0.count <= 80 || $0.contains("my data") })
  }

  @Test func theStartMessageFitsEightyColumns() {
    // One of gcloud's names is long, and so may be the folder. A terminal joins what it wrapped.
    let long = lines.filter {
      $0.count > 80 && !$0.contains("my data") && !$0.contains("CLOUDRESOURCEMANAGER")
    }
    #expect(long == [])
    #expect(lines.count <= 32)
  }
}
