import JSON
import Testing

@testable import SandboxIAM

@Suite struct FederatedIdentityTests {
  private static let pool = "projects/123/locations/global/workloadIdentityPools/pool-1"
  private let identity = FederatedIdentity(
    pool: "projects/p/locations/global/workloadIdentityPools/pool-1", numberedPool: pool,
    subject: "repo:a/b:ref:refs/heads/main", groups: ["g/1"],
    attributes: ["repository_id": "77", "caf": "caf\u{E9}"])

  @Test(arguments: [
    ("principal", "subject/repo:a/b:ref:refs/heads/main", true),
    ("principal", "subject/repo:a/b:ref:refs/heads/mai", false),
    ("principal", "subject/REPO:a/b:ref:refs/heads/main", false),
    ("principalSet", "attribute.repository_id/77", true),
    ("principalSet", "attribute.repository_id/7", false),
    ("principalSet", "attribute.repository_id/*", false),
    ("principalSet", "attribute.repository/77", false), ("principalSet", "group/g/1", true),
    ("principalSet", "group/g", false), ("principalSet", "*", true),
    // The same characters in another composition are another value.
    ("principalSet", "attribute.caf/caf\u{E9}", true),
    ("principalSet", "attribute.caf/cafe\u{301}", false), ("principalSet", "subject/x", false),
  ])
  func members(_ type: String, _ rest: String, _ isIncluded: Bool) {
    #expect(
      identity.isIncluded(in: "\(type)://iam.googleapis.com/\(Self.pool)/\(rest)") == isIncluded)
    let other = Self.pool.replacing("123", with: "124")
    #expect(!identity.isIncluded(in: "\(type)://iam.googleapis.com/\(other)/\(rest)"))
  }

  @Test func otherMembersDoNotIncludeIt() {
    for member in ["allAuthenticatedUsers", "serviceAccount:", "user:x@example.com", ""] {
      #expect(!identity.isIncluded(in: member))
    }
  }

  @Test func survivesItsToken() {
    #expect(FederatedIdentity(identity.json) == identity)
    #expect(FederatedIdentity([:]) == nil)
  }

  private func refusal(_ fields: JSONValue, _ claims: JSONObject) throws -> ProviderMapping.Refusal?
  {
    do {
      _ = try ProviderMapping(fields).identity(of: claims, pool: "p", numberedPool: "n")
      return nil
    } catch let error as ProviderMapping.Refusal {
      return error
    }
  }

  @Test func mappingsHaveLimits() throws {
    let plain: JSONValue = ["attributeMapping": ["google.subject": "assertion.sub"]]
    #expect(try refusal(plain, ["sub": .string(String(repeating: "a", count: 127))]) == nil)
    let long = String(repeating: "a", count: 126) + "\u{E9}"
    #expect(
      try refusal(plain, ["sub": .string(long)])
        == .mapping("The size of mapped attribute exceeds the 127 bytes limit."))
    #expect(try refusal(plain, ["sub": ""]) != nil)
    #expect(try refusal(plain, [:]) != nil)
    let big: JSONValue = [
      "attributeMapping": ["google.subject": "assertion.sub", "attribute.big": "assertion.big"]
    ]
    let value = String(repeating: "b", count: 8192)
    #expect(try refusal(big, ["sub": "a", "big": .string(String(value.dropLast()))]) == nil)
    #expect(try refusal(big, ["sub": "a", "big": .string(value)]) != nil)
  }

  @Test func aConditionThatFailsRefuses() throws {
    func provider(_ condition: String) -> JSONValue {
      [
        "attributeMapping": [
          "google.subject": "assertion.sub", "attribute.id": "assertion.id",
          "google.groups": "assertion.groups",
        ], "attributeCondition": .string(condition),
      ]
    }
    let claims: JSONObject = ["sub": "a", "id": "1", "groups": ["x"]]
    for condition in ["attribute.id == '1'", "'x' in google.groups", "google.subject == 'a'"] {
      #expect(try refusal(provider(condition), claims) == nil, "\(condition)")
    }
    for condition in ["attribute.id == '2'", "assertion.missing == 'x'", "attribute.x == '1'"] {
      #expect(try refusal(provider(condition), claims) == .condition, "\(condition)")
    }
  }
}
