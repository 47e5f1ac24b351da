import JSON
import Testing

@testable import Kinds

/// What a condition certainly demands. Whatever is not certain must not be taken for a demand.
@Suite struct ConditionDemandsTests {
  private let mapping: JSONObject = [
    "google.subject": "assertion.sub", "attribute.owner": "assertion.repository_owner",
    "attribute.ref": "assertion['ref']", "attribute.both": "assertion.a + assertion.b",
    "attribute.space": "assertion['kubernetes.io']['namespace']",
  ]

  private func isExcluded(_ condition: String, _ attribute: String, _ value: String) -> Bool {
    ConditionDemands(condition, mapping: mapping).excluding(attribute, value) != nil
  }

  @Test(arguments: [
    ("assertion.repository_owner == 'acme'", "attribute.owner", "other"),
    ("'acme' == assertion.repository_owner", "attribute.owner", "other"),
    (#"assertion["repository_owner"] == "acme""#, "attribute.owner", "other"),
    ("attribute.owner == 'acme'", "attribute.owner", "other"),
    ("google.subject == 'a'", "google.subject", "b"),
    ("assertion.sub == 'a'", "google.subject", "b"),
    ("assertion.ref in ['refs/heads/main', 'refs/heads/next']", "attribute.ref", "refs/heads/x"),
    ("attribute.both == 'x'", "attribute.both", "y"),
    ("assertion['kubernetes.io'].namespace == 'ci'", "attribute.space", "default"),
    ("assertion.x == '1' && assertion.repository_owner == 'acme'", "attribute.owner", "other"),
    ("(assertion.x == '1' && (assertion.repository_owner == 'acme'))", "attribute.owner", "other"),
    ("(assertion.a || assertion.b) && attribute.owner == 'acme'", "attribute.owner", "other"),
    ("assertion.ref.startsWith('refs/') && assertion.ref == 'refs/a'", "attribute.ref", "refs/b"),
    ("attribute.owner == 'acme' // the owner\n && true", "attribute.owner", "other"),
    // Letters in another case are another text.
    ("assertion.repository_owner == 'acme'", "attribute.owner", "Acme"),
  ])
  func isKnown(_ condition: String, _ attribute: String, _ value: String) {
    #expect(isExcluded(condition, attribute, value))
  }

  @Test(arguments: [
    "assertion.repository_owner == 'acme' || assertion.x == '1'",
    "assertion.x == '1' && assertion.repository_owner == 'acme' || true",
    "true ? true : assertion.repository_owner == 'acme'",
    "!(assertion.repository_owner == 'acme')", "assertion.repository_owner != 'acme'",
    "(assertion.repository_owner == 'acme') == false",
    "assertion.repository_owner == 'ac' + 'me'", "assertion.repository_owner + 'x' == 'acme'",
    "assertion.repository_owner.lowerAscii() == 'acme'", "assertion.repository_owner == acme",
    "x.assertion.repository_owner == 'acme'", #"assertion.repository_owner == 'a\x63me'"#,
    "assertion.repository_owner == r'acme'", "assertion.repository_owner in assertion.owners",
    "assertion.repository_owner in ['acme', assertion.x]", "assertion.repository_owner in []",
    "'acme' in assertion.repository_owner", "assertion.repository_owner == 'acme", "",
    "assertion.repository_owner == 'acme' && (", ") && assertion.repository_owner == 'acme'",
    "[assertion.repository_owner == 'acme' && true] == []", "assertion.other == 'acme'",
    "has(assertion.repository_owner) && true", "assertion == 'acme'", "assertion. == 'acme'",
    "{'a': assertion.repository_owner == 'acme' && true}.a",
  ])
  func isNotKnown(_ condition: String) {
    #expect(!isExcluded(condition, "attribute.owner", "other"), "\(condition)")
  }

  @Test func theWantedValueIsNotExcluded() {
    for (condition, attribute, value) in [
      ("assertion.repository_owner == 'acme'", "attribute.owner", "acme"),
      ("assertion.repository_owner in ['a', 'acme']", "attribute.owner", "acme"),
      ("assertion.ref == 'x'", "attribute.owner", "acme"),
      ("assertion.a == 'x'", "attribute.both", "y"),
    ] {
      #expect(!isExcluded(condition, attribute, value), "\(condition)")
    }
  }
}
