import JSON
import Kinds
import Model
import Testing

@testable import Migration

/// Workload identity pools and their providers: converted where arctl has the kinds, and skipped with the reason elsewhere.
@Suite struct TerraformPoolTests {
  private static let pool = States.resource(
    "google_iam_workload_identity_pool",
    [
      "project": .string(States.project), "workload_identity_pool_id": "github",
      "display_name": "GitHub", "description": "", "disabled": false, "mode": "",
      "attestation_rules": [], "inline_certificate_issuance_config": [], "inline_trust_config": [],
      "id": "projects/my-project-id/locations/global/workloadIdentityPools/github",
      "name": "projects/123456789012/locations/global/workloadIdentityPools/github",
      "state": "ACTIVE", "timeouts": .null,
    ])
  private static let provider = States.resource(
    "google_iam_workload_identity_pool_provider",
    [
      "project": .string(States.project), "workload_identity_pool_id": "github",
      "workload_identity_pool_provider_id": "actions", "display_name": "", "description": "",
      "disabled": false, "attribute_mapping": ["google.subject": "assertion.sub"],
      "attribute_condition": "assertion.repository_owner_id == \"9919\"", "aws": [], "saml": [],
      "x509": [], "state": "ACTIVE", "timeouts": .null,
      "name":
        "projects/123456789012/locations/global/workloadIdentityPools/github/providers/actions",
      "oidc": [
        [
          "allowed_audiences": [], "issuer_uri": "https://token.actions.githubusercontent.com",
          "jwks_json": "",
        ]
      ],
    ])

  @Test func poolsAndProviders() throws {
    let conversion = try States.convert([Self.pool, Self.provider])
    let names = ["workloadIdentityPool", "workloadIdentityPoolProvider"]
    let places = [["github"], ["github", "actions"]]
    for (index, item) in conversion.items.enumerated() {
      guard let kind = Kinds.catalog[names[index]] else {
        #expect(item.skipped?.contains("yet") == true)
        continue
      }
      #expect(item.outcome == .converted, "\(item)")
      let address = Address(project: States.project, kind, names: places[index])
      let value = conversion.estate.resources[address]
      #expect(value?["displayName"] == (index == 0 ? "GitHub" : nil))
      #expect(
        value?["oidc"]
          == (index == 0 ? nil : ["issuerUri": "https://token.actions.githubusercontent.com"]))
    }
    #expect(conversion.items.count == 2)
    #expect(conversion.estate.projectNumbers == [States.project: "123456789012"])
  }
}
