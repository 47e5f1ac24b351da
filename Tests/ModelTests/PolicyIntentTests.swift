import JSON
import Testing

@testable import Model

@Suite struct PolicyIntentTests {
  let foreign: JSONValue = [
    "version": 1,
    "etag": "BwYabcdef00=",
    "auditConfigs": [["service": "allServices", "auditLogConfigs": [["logType": "DATA_READ"]]]],
    "bindings": [
      [
        "role": "roles/reader", "members": ["user:Z@example.com"],
        "condition": ["title": "t", "expression": "e", "unknown": 1],
      ],
      ["role": "roles/reader", "members": ["user:a@example.com", "deleted:user:x@y.z?uid=1"]],
    ],
  ]

  func entry(_ add: [String], _ remove: [String], condition: PolicyCondition? = nil) -> PolicyIntent
  {
    PolicyIntent(
      entries: [.init(role: "roles/reader", condition: condition, add: add, remove: remove)])
  }

  @Test func noChangesLeaveTheSameDocument() {
    #expect(
      entry(["user:A@Example.com"], ["user:nobody@example.com"]).apply(to: foreign) == foreign)
    #expect(
      entry(["user:A@Example.com"], []).apply(to: foreign).text() == foreign.text())
  }

  @Test func addingTouchesOneBindingOnly() throws {
    let after = entry(["user:b@example.com"], []).apply(to: foreign)
    #expect(after["version"] == 3)
    #expect(after["etag"] == foreign["etag"])
    #expect(after["auditConfigs"]?.text() == foreign["auditConfigs"]?.text())
    let bindings = try #require(after["bindings"]?.array)
    #expect(bindings[0].text() == foreign["bindings"]?.array?[0].text())
    #expect(
      bindings[1]["members"] == [
        "user:a@example.com", "deleted:user:x@y.z?uid=1", "user:b@example.com",
      ])
  }

  @Test func aConditionIsPartOfTheBinding() throws {
    let condition = PolicyCondition(title: "t", expression: "e")
    let after = entry(["user:b@example.com"], ["user:z@example.com"], condition: condition)
      .apply(to: foreign)
    let bindings = try #require(after["bindings"]?.array)
    #expect(bindings.count == 2)
    #expect(
      bindings.contains { $0["role"] == "roles/reader" && $0["members"] == ["user:b@example.com"] })
    #expect(
      bindings.contains {
        $0["members"] == ["user:a@example.com", "deleted:user:x@y.z?uid=1"]
      })
  }

  @Test func aBindingWithoutMembersIsRemoved() {
    let after = entry([], ["user:a@example.com", "deleted:user:x@y.z?uid=1"]).apply(to: foreign)
    #expect(after["bindings"]?.array?.count == 1)
  }

  @Test func anEmptyPolicyAcceptsItsFirstBinding() {
    let after = entry(["user:b@example.com"], []).apply(to: ["etag": "ACAB"])
    #expect(
      after == [
        "etag": "ACAB", "version": 3,
        "bindings": [["role": "roles/reader", "members": ["user:b@example.com"]]],
      ])
  }

  @Test(arguments: [
    ("user:Ana@Example.COM", "user:ana@example.com"),
    ("serviceAccount:P.svc.id.goog[NS/Ksa]", "serviceAccount:p.svc.id.goog[NS/Ksa]"),
    ("principal://iam.googleapis.com/X/subject/Y", "principal://iam.googleapis.com/X/subject/Y"),
    ("allUsers", "allUsers"),
    ("deleted:user:A@B.c?uid=1", "deleted:user:A@B.c?uid=1"),
  ])
  func members(text: String, form: String) {
    #expect(PolicyMember.normalized(text) == form)
  }
}
