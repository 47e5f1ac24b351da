import JSON
import Kinds
import Model
import Testing

@testable import Migration

/// Grants in a state of Terraform: additive, per role, or a whole policy.
@Suite struct TerraformGrantTests {
  private static let prefix = "google_artifact_registry_repository_iam"
  private static let reader = "roles/artifactregistry.reader"
  private static let condition: JSONValue = [
    [
      "title": "t", "description": "",
      "expression": "request.time < timestamp(\"2030-01-01T00:00:00Z\")",
    ]
  ]

  private func member(_ member: String, _ changes: JSONObject = [:]) -> JSONValue {
    var attributes = States.grant(["member": .string(member)])
    for (key, value) in changes { attributes[key] = value }
    return States.resource("\(Self.prefix)_member", attributes)
  }
  private func binding(_ members: [String], _ changes: JSONObject = [:]) -> JSONValue {
    var attributes = States.grant(["members": .array(members.map(JSONValue.string))])
    for (key, value) in changes { attributes[key] = value }
    return States.resource("\(Self.prefix)_binding", attributes)
  }
  private func policy(_ data: JSONValue) -> JSONValue {
    States.resource("\(Self.prefix)_policy", States.grant(["policy_data": .string(data.text())]))
  }

  private func grants(_ resources: [JSONValue]) throws -> [EstateGrant] {
    let estate = try States.convert(resources).estate
    return estate.grants[try #require(States.libsPolicy)] ?? []
  }

  @Test func membersAreAdded() throws {
    #expect(
      try grants([member("user:Ana@example.com"), member("group:b@example.com")]) == [
        EstateGrant(role: Self.reader, members: ["user:ana@example.com", "group:b@example.com"])
      ])
  }

  @Test func aBindingIsExclusiveUnderItsCondition() throws {
    let found = try grants([
      binding(["user:a@example.com"], ["condition": Self.condition]), member("user:b@example.com"),
    ])
    #expect(found.map(\.exclusivity) == [.additive, .condition])
    #expect(found[1].condition?.title == "t")
    #expect(try grants([binding([])]).first?.members == [])
  }

  @Test func eachRoleOfAPolicyIsExact() throws {
    let found = try grants([
      policy([
        "bindings": [
          ["role": .string(Self.reader), "members": ["user:a@example.com"]],
          [
            "role": .string(Self.reader), "members": ["user:b@example.com"],
            "condition": ["title": "t", "expression": "true"],
          ],
          ["role": "roles/artifactregistry.writer", "members": ["user:c@example.com"]],
        ]
      ])
    ])
    #expect(found.count == 3 && found.allSatisfy { $0.exclusivity == .role })
  }

  @Test func auditSettingsOfAPolicyAreALoss() throws {
    let conversion = try States.convert([
      policy(["bindings": [], "auditConfigs": [["service": "allServices"]]])
    ])
    #expect(conversion.items[0].outcome == .inPart)
  }

  @Test(arguments: ["", "{", "[]", "{\"bindings\": [{\"role\": 1}]}"])
  func aBrokenPolicyIsNeverSilent(_ text: String) throws {
    let conversion = try States.convert([
      States.resource("\(Self.prefix)_policy", States.grant(["policy_data": .string(text)]))
    ])
    #expect(conversion.isPartial && conversion.estate.grants.isEmpty)
  }

  /// A member that cannot be written would be removed by an exclusive grant, so the role stays open.
  @Test(arguments: ["someone@example.com", "serviceAccount:short", "user:", "robot:x@example.com"])
  func anUnknownMemberKeepsTheRoleOpen(_ unknown: String) throws {
    let conversion = try States.convert([binding(["user:a@example.com", unknown])])
    #expect(conversion.items[0].outcome == .inPart)
    let found = conversion.estate.grants[try #require(States.libsPolicy)]
    #expect(
      found == [EstateGrant(role: Self.reader, members: ["user:a@example.com"])])
  }

  @Test func aDeletedMemberIsNoted() throws {
    let conversion = try States.convert([
      binding(["user:a@example.com", "deleted:user:eve@example.com?uid=1"])
    ])
    #expect(conversion.items[0].outcome == .noted)
    let found = conversion.estate.grants[try #require(States.libsPolicy)]
    #expect(found?.first?.exclusivity == .condition && found?.first?.members.count == 1)
    #expect(
      conversion.estate.notes[try #require(States.libsPolicy)]?.first?.contains("deleted:user")
        == true)
  }

  /// Several owners of a role: members of all, the narrowest ownership, and a word about it.
  @Test func severalOwnersOfARole() throws {
    let both = try States.convert([member("user:a@example.com"), binding(["user:b@example.com"])])
    let found = both.estate.grants[try #require(States.libsPolicy)]
    #expect(found?.count == 1 && found?[0].exclusivity == .condition)
    #expect(found?[0].members == ["user:a@example.com", "user:b@example.com"])
    #expect(both.items.map(\.outcome) == [.converted, .noted])
    let two = try States.convert([binding(["user:a@example.com"]), binding(["user:b@example.com"])])
    #expect(two.items.map(\.outcome) == [.converted, .inPart])
  }

  @Test(
    arguments: [
      ["title": "t"], ["expression": ""], ["expression": "x", "new": "y"],
      ["title": 1, "expression": "x"],
    ] as [JSONObject])
  func aGrantWithoutItsConditionIsNotWidened(_ condition: JSONObject) throws {
    let conversion = try States.convert([
      member("user:a@example.com", ["condition": [.object(condition)]])
    ])
    #expect(conversion.items[0].outcome == .skipped && conversion.estate.grants.isEmpty)
  }

  @Test(
    arguments: [
      (
        "google_project_iam_member", ["project": "projects/my-project-id"],
        "my-project-id/iam/project"
      ),
      (
        "google_service_account_iam_member",
        ["service_account_id": .string(States.accountName)],
        "my-project-id/iam/serviceAccount/uploader"
      ),
      (
        "google_service_account_iam_member",
        [
          "service_account_id":
            "projects/-/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com"
        ],
        "my-project-id/iam/serviceAccount/uploader"
      ),
      (
        "google_artifact_registry_repository_iam_member", ["repository": "libs"],
        "my-project-id/iam/repository/us-east4/libs"
      ),
      (
        "google_kms_crypto_key_iam_member",
        ["crypto_key_id": "projects/my-project-id/locations/us/keyRings/r/cryptoKeys/k"],
        "my-project-id/iam/cryptoKey/us/r/k"
      ),
      (
        "google_kms_crypto_key_iam_member", ["crypto_key_id": "my-project-id/us/r/k"],
        "my-project-id/iam/cryptoKey/us/r/k"
      ),
    ] as [(String, JSONObject, String)])
  func theResourceOfAPolicy(_ type: String, _ changes: JSONObject, _ address: String) throws {
    var attributes = States.grant(["member": "user:a@example.com"])
    for (key, value) in changes { attributes[key] = value }
    // Only the types of repositories have all of these.
    if !type.contains("artifact") {
      attributes["repository"] = nil
      attributes["location"] = nil
    }
    let conversion = try States.convert([States.resource(type, attributes)])
    #expect(conversion.items[0].outcome == .converted, "\(conversion.items)")
    #expect(conversion.estate.grants.keys.map { "\($0)" } == [address])
  }

  @Test(arguments: [
    "google_folder_iam_member", "google_storage_bucket_iam_binding",
    "google_organization_iam_policy",
    "google_project_iam_audit_config",
  ])
  func otherPoliciesAreSkipped(_ type: String) throws {
    let conversion = try States.convert([
      States.resource(type, States.grant(["member": "user:a@example.com"]))
    ])
    #expect(conversion.items[0].outcome == .skipped && conversion.estate.grants.isEmpty)
  }
}
