import Foundation
import JSON
import Model
import Testing

@testable import Kinds

/// The file equals that of `gcloud iam workload-identity-pools create-cred-config` 578.0.0, but for the line feed at its
/// end.
@Suite struct CredentialConfigurationTests {
  private static let account = "publisher@my-project-id.iam.gserviceaccount.com"

  private static func provider(_ type: String) throws -> ProviderPlace {
    let spec: JSONObject =
      switch type {
      case "aws": ["aws": ["accountId": "123456789012"]]
      case "saml": ["saml": ["idpMetadataXml": "<x/>"]]
      default: ["oidc": ["issuerUri": "https://token.actions.githubusercontent.com"]]
      }
    let reference = WorkloadIdentityPoolProviderKind().read(
      reference:
        "projects/my-project-id/locations/global/workloadIdentityPools/workflows/providers/main",
      project: "my-project-id")
    guard case .full(let address)? = reference else { throw CocoaError(.featureUnsupported) }
    var place = try #require(ProviderPlace(address, spec: spec))
    place.number = "123456789"
    return place
  }

  @Test(
    arguments: [
      ("file", "oidc", nil, .file("/run/token", field: nil)),
      ("file-json-account", "oidc", account, .file("/run/token", field: "id_token")),
      ("url", "oidc", nil, .url("http://localhost:8125/token", field: nil)),
      ("aws", "aws", nil, .aws), ("saml", "saml", nil, .file("/run/assertion", field: nil)),
    ] as [(String, String, String?, CredentialConfiguration.Source)])
  func equalsThatOfGcloud(
    _ name: String, _ type: String, _ account: String?, _ source: CredentialConfiguration.Source
  ) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/create-cred-config/\(name).json")
    let expected = try String(contentsOf: file, encoding: .utf8)
    let federation = Federation(provider: try Self.provider(type), account: account)
    let printed = CredentialConfiguration(federation: federation, source: source).text
    #expect(printed == expected + "\n")
  }

  @Test func namesAreParsedStrictly() {
    let good = "projects/123/locations/global/workloadIdentityPools/pool/providers/main"
    #expect(ProviderPlace(fullName: good)?.fullName == good)
    #expect(ProviderPlace(fullName: good.replacing("123", with: "my-project"))?.number == nil)
    for bad in [
      good + "/x", "/" + good, good.replacing("global", with: "us"),
      good.replacing("pool/", with: "po$(id)l/"), good.replacing("main", with: "ma\nin"), "",
    ] {
      #expect(ProviderPlace(fullName: bad) == nil, "\(bad)")
    }
  }

  @Test func identitiesOfAPool() throws {
    var place = try Self.provider("oidc")
    let pool = { (project: String, pool: String) in
      "principalSet://iam.googleapis.com/projects/\(project)/locations/global/workloadIdentityPools/\(pool)/attribute.x/y"
    }
    #expect(place.isIdentity(pool("123456789", "workflows")))
    #expect(place.isIdentity(pool("my-project-id", "workflows")))
    #expect(!place.isIdentity(pool("123456780", "workflows")))
    #expect(!place.isIdentity(pool("123456789", "workflow")))
    #expect(!place.isIdentity("serviceAccount:a@b"))
    #expect(
      !place.isIdentity(
        "principalSet://iam.googleapis.com/locations/global/workforcePools/workflows/*"))
    place.number = nil
    #expect(place.isIdentity(pool("123456780", "workflows")))
  }

  @Test(arguments: [
    ("https://token.actions.githubusercontent.com", true),
    ("https://token.actions.acme.ghe.com", true), ("https://git.acme.com/_services/token", true),
    ("https://gitlab.com", false), ("https://evil.example/token.actions.", false),
  ])
  func issuersOfGitHub(_ issuer: String, _ isGitHub: Bool) throws {
    let reference = WorkloadIdentityPoolProviderKind().read(
      reference: "projects/p-12345/locations/global/workloadIdentityPools/pool/providers/main",
      project: "p-12345")
    guard case .full(let address)? = reference else { return #expect(Bool(false)) }
    #expect(
      ProviderPlace(address, spec: ["oidc": ["issuerUri": .string(issuer)]])?.isGitHub == isGitHub)
  }
}
