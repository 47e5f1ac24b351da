import JSON
import Model
import Testing

@testable import Kinds

/// A change of the run's own pool or provider needs a flag, unless it certainly leaves the run its access.
@Suite struct FederationLockoutTests {
  private static let poolName = "projects/7/locations/global/workloadIdentityPools/pool"
  private let run = FederatedSignIn(audience: "//iam.googleapis.com/\(poolName)/providers/prov")
  private let provider = Address(
    project: "p", WorkloadIdentityPoolProviderKind().id, "pool", "prov")
  private let pool = Address(project: "p", WorkloadIdentityPoolKind().id, "pool")

  private func lockout(
    _ address: Address, _ action: Change.Action, live: JSONValue?,
    _ fields: [(String, JSONValue?, JSONValue?)] = []
  ) throws -> String? {
    var change = Change(address: address, action: action, source: nil)
    change.resource?.fields = fields.map { path, from, to in
      FieldChange(
        path: FieldPath(path.split(separator: ".").map { .field(String($0)) }), from: from, to: to,
        mask: path)
    }
    let kind = try #require(address.resource as? any SignInKind)
    let hazard = kind.lockout(of: try #require(run), by: change, live: live)
    if let hazard { #expect(hazard.flag == .lockout) }
    return hazard?.message
  }

  private func ofProvider(_ path: String, _ from: JSONValue?, _ to: JSONValue?) throws -> String? {
    try lockout(
      provider, .update, live: ["name": .string("\(Self.poolName)/providers/prov")],
      [(path, from, to)])
  }

  @Test(
    arguments: [
      ("attributeCondition", nil, "a"), ("attributeCondition", "a", "b"),
      ("attributeMapping.x", nil, "assertion.x"), ("attributeMapping.x", "a", nil),
      ("oidc.issuerUri", "https://a.example", "https://b.example"),
      ("oidc.jwksJson", nil, "{}"), ("oidc.jwksJson", "{}", nil),
      ("oidc.discoveryUri", nil, "https://a.example"),
      ("oidc.allowedAudiences", ["a", "b"], ["b"]),
      ("oidc.allowedAudiences", nil, ["a"]), ("oidc.allowedAudiences", ["a"], nil),
      ("x509.trustStore.trustAnchors", ["x"], []), ("unknown", nil, 1), ("disabled", nil, true),
    ] as [(String, JSONValue?, JSONValue?)])
  func mayShutOut(_ path: String, _ from: JSONValue?, _ to: JSONValue?) throws {
    #expect(try ofProvider(path, from, to) != nil)
  }

  @Test(
    arguments: [
      ("attributeCondition", "a", nil), ("oidc.allowedAudiences", ["a"], ["a", "b"]),
      ("disabled", true, false), ("displayName", "a", "b"), ("description", "a", nil),
      ("actorProviders", ["a"], nil),
    ] as [(String, JSONValue?, JSONValue?)])
  func keepsTheAccess(_ path: String, _ from: JSONValue?, _ to: JSONValue?) throws {
    #expect(try ofProvider(path, from, to) == nil)
  }

  @Test func theMessageNamesWhatTheRunSignsInBy() throws {
    let name = "//iam.googleapis.com/\(Self.poolName)/providers/prov"
    #expect(
      try ofProvider("attributeCondition", "a", "b")
        == "`attributeCondition` may shut out this run, which signs in by this provider, `\(name)`")
    #expect(
      try lockout(pool, .update, live: ["name": .string(Self.poolName)], [("disabled", nil, true)])
        == "this disables the pool by which this run signs in, `\(name)`")
    #expect(
      try lockout(pool, .delete, live: ["name": .string(Self.poolName)])
        == "this deletes the pool by which this run signs in, `\(name)`")
  }

  @Test func othersAreNotTheRuns() throws {
    #expect(
      try lockout(provider, .delete, live: ["name": .string("\(Self.poolName)/providers/two")])
        == nil)
    let other = "projects/8/locations/global/workloadIdentityPools/pool"
    #expect(try lockout(pool, .delete, live: ["name": .string(other)]) == nil)
    // A name that is not known may be the run's.
    #expect(try lockout(pool, .delete, live: nil) != nil)
    #expect(try lockout(pool, .replace, live: nil) != nil)
    for action in [Change.Action.create, .undelete, .unchanged] {
      #expect(try lockout(pool, action, live: nil) == nil)
    }
  }
}
