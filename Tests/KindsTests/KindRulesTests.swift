import Testing

@testable import Grammar
@testable import Kinds

/// The rules between fields of the kinds other than Repository.
struct KindRulesTests {
  private static let casesBindings: [(String, [String])] = [
    (#"{"role": "roles/x.y", "members": ["allUsers"]}"#, []),
    (#"{"role": "roles/x.y", "members": [], "exclusive": true}"#, []),
    (#"{"role": "roles/x.y", "members": []}"#, ["error members: `members` is empty"]),
    (#"{"role": "roles/x.y"}"#, ["error : this grant has no members"]),
    (
      #"{"role": "roles/x.y", "exclusive": true}"#,
      ["error exclusive: `exclusive` needs `members`"]
    ),
    (
      #"{"role": "roles/x.y", "members": ["allUsers"], "absent": []}"#,
      ["error absent: `absent` is empty"]
    ),
    (
      #"{"role": "r", "members": ["m"], "until": "2027-01-01", "condition": {"expression": "x"}}"#,
      ["error until: `until` and `condition` cannot be used together"]
    ),
    (
      #"{"role": "roles/owner", "members": ["m"], "until": "2027-01-01"}"#,
      ["error until: Google does not accept a condition on the basic role `roles/owner`"]
    ),
    (
      #"{"role": "roles/viewer", "members": ["m"], "condition": {"expression": "x"}}"#,
      ["error condition: Google does not accept a condition on the basic role `roles/viewer`"]
    ),
  ]

  @Test(arguments: casesBindings)
  func bindings(_ spec: String, _ problems: [String]) throws {
    #expect(try found(IAMBindingKind(), spec) == problems)
  }

  @Test func logicalOperators() throws {
    #expect(IAMRules.operators(in: "a && b || !c") == 3)
    #expect(IAMRules.operators(in: "a != b") == 0)
    #expect(IAMRules.operators(in: #"a == "x && \" y" && b == 'it || !'"#) == 1)
    #expect(IAMRules.operators(in: "") == 0)
    func binding(_ count: Int) -> String {
      let expression = Array(repeating: "a", count: count + 1).joined(separator: " && ")
      return #"{"role": "r", "members": ["m"], "condition": {"expression": "\#(expression)"}}"#
    }
    #expect(try found(IAMBindingKind(), binding(12)) == [])
    #expect(
      try found(IAMBindingKind(), binding(13)) == [
        "error condition.expression: 13 logical operators; Google allows at most 12"
      ])
  }

  private static let casesProjects: [(String, [String])] = [
    (#"{"services": ["x.googleapis.com"], "labels": {"team-a": "x1"}}"#, []),
    (
      #"{"services": []}"#,
      ["error services: `services` is empty, which enables nothing"]
    ),
    (
      #"{"services": null}"#,
      ["error services: `services` is empty, which enables nothing"]
    ),
    (#"{"iam": null}"#, ["warning iam: `iam` is empty, which changes nothing"]),
    (#"{"iam": []}"#, ["warning iam: `iam` is empty, which changes nothing"]),
    (
      #"{"iam": [{"role": "roles/viewer", "members": ["user:a@b.c", "allUsers"]}]}"#,
      ["error iam[0].members[1]: Google does not accept `allUsers` on a project"]
    ),
    (
      #"{"labels": {"my_team": "x"}}"#,
      ["error labels.my_team: label key `my_team` may contain lower-case letters, digits, `-` only"]
    ),
    (
      #"{"labels": {"team": "1x"}}"#,
      ["error labels.team: value `1x` of label `team` must begin with a lower-case letter"]
    ),
    (#"{"labels": {"team": "", "gone": null}}"#, []),
  ]

  @Test(arguments: casesProjects)
  func projects(_ spec: String, _ problems: [String]) throws {
    #expect(try found(ProjectKind(), spec) == problems)
  }

  @Test func labels() {
    let rules = LabelRules.repository
    for key in ["a", "team_x-1", "équipe", String(repeating: "k", count: 63)] {
      #expect(rules.keyProblem(key) == nil, "\(key)")
    }
    for key in ["", "1a", "_a", "-a", "A", "a.b", "a b", String(repeating: "k", count: 64)] {
      #expect(rules.keyProblem(key) != nil, "\(key)")
    }
    for value in ["", "1", "_", "x-", String(repeating: "v", count: 63)] {
      #expect(rules.valueProblem(value) == nil, "\(value)")
    }
    for value in ["A", "a b", "a/b", String(repeating: "v", count: 64)] {
      #expect(rules.valueProblem(value) != nil, "\(value)")
    }
  }

  @Test func manyLabels() throws {
    func spec(_ count: Int) -> String {
      let labels = (0..<count).map { #""k\#($0)": "v""# }.joined(separator: ",")
      return #"{"labels": {\#(labels)}}"#
    }
    #expect(try found(RepositoryKind(), spec(64)) == [])
    #expect(
      try found(RepositoryKind(), spec(65)) == ["error labels: 65 labels; there may be at most 64"])
  }

  private static let casesKeys: [(String, [String])] = [
    ("{}", []), (#"{"expires": "7776000s", "rotateAfter": "5184000s", "overlap": "86400s"}"#, []),
    (#"{"origin": "google", "rotateAfter": "5184000s"}"#, []),
    (
      #"{"expires": "86400s"}"#,
      [
        "error expires: `rotateAfter` (16h) and twice `overlap` (1d) must be less than `expires` (1d)"
      ]
    ),
    (
      #"{"rotateAfter": "7603200s", "overlap": "86400s"}"#,
      [
        "error rotateAfter: `rotateAfter` (88d) and twice `overlap` (1d) must be less than `expires` (90d)"
      ]
    ),
    (#"{"rotateAfter": "7603199s"}"#, []),
    (
      #"{"origin": "google", "expires": "86400s"}"#,
      ["error expires: a key that Google makes does not expire"]
    ),
    (#"{"expires": "0s"}"#, ["error expires: `expires` must be more than zero"]),
    (#"{"origin": "external", "keyId": "0123"}"#, []),
    (#"{"origin": "external", "keyId": "0123", "expires": null, "overlap": null}"#, []),
    (#"{"origin": "external"}"#, ["error origin: `origin: external` needs `keyId`"]),
    (
      #"{"keyId": "0123"}"#, ["error keyId: `keyId` is for keys with `origin: external`"]
    ),
    (
      #"{"origin": "google", "keyId": "0123"}"#,
      ["error keyId: `keyId` is for keys with `origin: external`"]
    ),
    (
      #"{"origin": "external", "keyId": "0123", "expires": "86400s", "formerly": "a/b", "fingerprint": "x"}"#,
      [
        "error expires: `expires` and `origin: external` exclude each other: its end was fixed when it was made",
        "error formerly: `formerly` and `origin: external` exclude each other: arctl finds it by its id and not by a Stack's name",
        "error fingerprint: `fingerprint` and `origin: external` exclude each other: its id already says which key it is",
      ]
    ),
    (
      #"{"expires": "315576000000s", "overlap": "315576000000s"}"#,
      [
        "error overlap: `rotateAfter` (2435000d) and twice `overlap` (3652500d) must be less than `expires` (3652500d)"
      ]
    ),
  ]

  @Test(arguments: casesKeys)
  func keys(_ spec: String, _ problems: [String]) throws {
    #expect(try found(ServiceAccountKeyKind(), spec) == problems)
  }

  private static let casesStacks: [(String, [String])] = [
    (#"{"scope": {"kinds": {"repository": "authoritative"}}, "variables": {"env_2": {}}}"#, []),
    (
      #"{"variables": {"my-env": {}}}"#,
      [
        #"error variables["my-env"]: `my-env` cannot name a variable: letters, digits and `_`, no digit first, at most 63"#
      ]
    ),
    (
      #"{"defaults": {"labels": {"Team": "x"}}}"#,
      ["error defaults.labels.Team: label key `Team` must begin with a lower-case letter"]
    ),
  ]

  @Test(arguments: casesStacks)
  func stacks(_ spec: String, _ problems: [String]) throws {
    #expect(try found(StackKind(), spec) == problems)
  }

  @Test func emptyRole() throws {
    #expect(
      try found(RoleKind(), #"{"includedPermissions": []}"#)
        == ["warning includedPermissions: this role grants nothing"])
    #expect(try found(RoleKind(), "{}") == [])
  }
}
