import JSON
import Model
import Testing

@testable import Kinds

/// A change that can let more identities in needs a flag; one that lets fewer in does not.
@Suite struct FederationHazardTests {
  private let provider = Address(
    project: "p", WorkloadIdentityPoolProviderKind().id, "pool", "prov")
  private let pool = Address(project: "p", WorkloadIdentityPoolKind().id, "pool")

  private func change(
    _ address: Address, _ action: Change.Action, _ fields: [(String, JSONValue?, JSONValue?)]
  ) -> Change {
    var change = Change(address: address, action: action, source: nil)
    change.resource?.fields = fields.map { path, from, to in
      FieldChange(
        path: FieldPath(path.split(separator: ".").map { .field(String($0)) }), from: from, to: to,
        mask: path)
    }
    return change
  }

  private func ofProvider(_ path: String, _ from: JSONValue?, _ to: JSONValue?) -> [String] {
    FederationHazards.ofProvider(change(provider, .update, [(path, from, to)])).map {
      #expect($0.flag == .privileged)
      return $0.message
    }
  }

  @Test(
    arguments: [
      ("attributeCondition", "a == 'b'", nil), ("attributeCondition", "a == 'b'", "a == 'c'"),
      ("oidc.issuerUri", "https://a.example", "https://b.example"),
      ("oidc.jwksJson", nil, "{}"), ("oidc.discoveryUri", nil, "https://a.example"),
      ("oidc.allowedAudiences", ["a"], ["a", "b"]), ("oidc.allowedAudiences", ["a"], ["b"]),
      ("oidc.allowedAudiences", ["a"], nil), ("oidc.allowedAudiences", ["a"], []),
      ("oidc.allowedAudiences", nil, ["a"]), ("aws.accountId", "1", "2"),
      ("saml.idpMetadataXml", "a", "b"), ("x509.trustStore.trustAnchors", [], ["x"]),
      ("disabled", true, nil), ("disabled", true, false), ("actorProviders", ["a"], ["a", "b"]),
      ("attributeMapping.x", nil, "assertion.x"),
    ] as [(String, JSONValue?, JSONValue?)])
  func widens(_ path: String, _ from: JSONValue?, _ to: JSONValue?) {
    #expect(ofProvider(path, from, to).count == 1, "\(path)")
  }

  @Test(
    arguments: [
      ("attributeCondition", nil, "a == 'b'"), ("oidc.allowedAudiences", ["a", "b"], ["b"]),
      ("disabled", false, true), ("disabled", nil, true), ("displayName", "a", "b"),
      ("description", "a", nil), ("actorProviders", ["a", "b"], ["a"]),
      ("actorProviders", ["a"], nil),
    ] as [(String, JSONValue?, JSONValue?)])
  func doesNotWiden(_ path: String, _ from: JSONValue?, _ to: JSONValue?) {
    #expect(ofProvider(path, from, to) == [], "\(path)")
  }

  @Test func aRemovedConditionIsNamed() {
    #expect(
      ofProvider("attributeCondition", "a", nil)
        == ["without `attributeCondition` every identity of the issuer can sign in"])
  }

  @Test func undeletingIsPrivileged() {
    for hazards in [
      FederationHazards.ofProvider(change(provider, .undelete, [])),
      FederationHazards.ofPool(change(pool, .undelete, [])),
    ] {
      #expect(hazards.map(\.flag) == [.privileged])
    }
    #expect(FederationHazards.ofPool(change(pool, .create, [])).isEmpty)
    #expect(FederationHazards.ofProvider(change(provider, .create, [])).isEmpty)
    #expect(FederationHazards.ofProvider(change(provider, .delete, [])).isEmpty)
  }

  @Test func enablingAPoolIsPrivileged() {
    func hazards(_ path: String, _ from: JSONValue?, _ to: JSONValue?) -> Int {
      FederationHazards.ofPool(change(pool, .update, [(path, from, to)])).count
    }
    #expect(hazards("disabled", true, nil) == 1)
    #expect(hazards("disabled", nil, true) == 0)
    #expect(hazards("displayName", "a", "b") == 0)
    #expect(hazards("inlineTrustConfig.additionalTrustBundles", nil, [:]) == 1)
    #expect(hazards("inlineCertificateIssuanceConfig.caPools", nil, [:]) == 1)
    #expect(hazards("inlineCertificateIssuanceConfig.lifetime", nil, "90000s") == 0)
  }

  @Test func statesThatArctlDoesNotKnowAreNotPresent() {
    for kind in [
      WorkloadIdentityPoolKind() as any ResourceKind, WorkloadIdentityPoolProviderKind(),
    ] {
      #expect(kind.state(of: ["state": "ACTIVE"]) == .present)
      for live in [[:], ["state": "OTHER"], ["state": "STATE_UNSPECIFIED"]] as [JSONValue] {
        guard case .unknown = kind.state(of: live) else {
          Issue.record("\(live)")
          continue
        }
      }
      #expect(kind.deletion.isDeleted(["state": "DELETED"]))
      #expect(!kind.deletion.isDeleted(["state": "ACTIVE"]))
      #expect(kind.problem(comparing: ["name": "n", "state": "OTHER"], written: [:]) != nil)
    }
  }
}
