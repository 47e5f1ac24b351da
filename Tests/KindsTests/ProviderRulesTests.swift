import JSON
import Model
import Testing

@testable import Kinds

@Suite struct ProviderRulesTests {
  private func problems(_ json: String) throws -> [String] {
    try found(WorkloadIdentityPoolProviderKind(), json)
  }

  private static let github = """
    "oidc": {"issuerUri": "https://token.actions.githubusercontent.com"},
    "attributeMapping": {"google.subject": "assertion.sub",
      "attribute.repository": "assertion.repository", "attribute.both": "assertion.a + assertion.b"}
    """

  @Test func aSoundProviderHasNoProblems() throws {
    #expect(
      try problems(
        #"{\#(Self.github), "attributeCondition": "assertion.repository_owner_id == '1'"}"#) == [])
    #expect(try problems(#"{"aws": {"accountId": "123456789012"}}"#) == [])
  }

  @Test(arguments: [
    "https://token.actions.githubusercontent.com", "https://Token.Actions.githubusercontent.com/",
    "https://gitlab.com", "https://gitlab.com:443", "https://app.terraform.io",
  ])
  func aSharedIssuerNeedsACondition(_ issuer: String) throws {
    for condition in [
      "", #", "attributeCondition": "true""#, #", "attributeCondition": "'assertion.x' == 'y'""#,
      #", "attributeCondition": "x.assertion.y == 'y'""#, #", "attributeCondition": null"#,
    ] {
      let found = try problems(
        #"""
        {"oidc": {"issuerUri": "\#(issuer)"},
         "attributeMapping": {"google.subject": "assertion.sub"}\#(condition)}
        """#)
      #expect(
        found.count == 1 && found[0].hasPrefix("error attributeCondition: everyone"), "\(found)")
    }
  }

  @Test(arguments: [
    "https://token.actions.githubusercontent.com/acme", "https://token.actions.acme.ghe.com",
    "https://gitlab.example.com",
  ])
  func anIssuerOfOneOrganizationDoesNot(_ issuer: String) throws {
    #expect(
      try problems(
        #"{"oidc": {"issuerUri": "\#(issuer)"}, "attributeMapping": {"google.subject": "assertion.sub"}}"#
      ) == [])
  }

  @Test(arguments: [
    ("assertion.repository == 'a/b'", ["repository"]),
    ("assertion['repository'] == 'a/b'", ["repository"]),
    ("attribute.repository == 'a/b'", ["repository"]),
    ("attribute.both == 'a/b'", []), ("assertion.repository_owner == 'a'", ["repository_owner"]),
    ("google.subject.startsWith('repo:a/b')", ["sub"]),
    ("assertion.sub == 'x' && assertion.actor == 'y'", ["actor", "sub"]),
    ("assertion.repository_owner_id == '1' && assertion.repository == 'a/b'", []),
    ("assertion.repository_id == '1' && assertion.ref == 'refs/heads/main'", []),
    ("assertion.ref == 'assertion.repository'", []),
  ])
  func namesAreWarnedAbout(_ condition: String, _ names: [String]) throws {
    let found = try problems(
      #"{\#(Self.github), "attributeCondition": "\#(condition)"}"#)
    #expect(found.count == names.count)
    for (line, name) in zip(found, names) {
      #expect(line.hasPrefix("warning attributeCondition: `\(name)` holds names"), "\(line)")
    }
  }

  @Test(arguments: [
    ("{}", "error : the issuer is missing"),
    (
      #"{"attributeMapping": {"google.subject": "a"}, "aws": {}, "oidc": {}}"#,
      "cannot be used together"
    ),
    (#"{"oidc": {"issuerUri": "https://a.example"}}"#, "does not say what `google.subject` is"),
    (#"{"aws": {}, "attributeMapping": {"attribute.x": "assertion.x"}}"#, "`google.subject`"),
    (
      #"{"aws": {}, "attributeMapping": {"google.subject": "a", "x": "b"}}"#,
      "`x` is not an attribute"
    ),
    (
      #"{"aws": {}, "attributeMapping": {"google.subject": "a", "attribute.X": "b"}}"#,
      "not an attribute"
    ),
    (#"{"aws": {}, "attributeMapping": {"google.subject": ""}}"#, "has no expression"),
    (
      #"""
      {"oidc": {"issuerUri": "https://a.example", "discoveryUri": "https://b.example/.well-known/x"},
       "attributeMapping": {"google.subject": "assertion.sub"}}
      """#, "`discoveryUri` must be on the issuer's host"
    ),
    (#"{"aws": {}, "actorProviders": ["a", "b", "c", "d"]}"#, "at most 3 actor"),
  ])
  func mistakesAreFound(_ json: String, _ text: String) throws {
    let found = try problems(json)
    #expect(found.contains { $0.contains(text) }, "\(found)")
  }

  @Test func keysAreChecked() {
    func problem(_ text: String) -> String? { WebKeySet.problem(text)?.message }
    let rsa = #"{"keys": [{"kty": "RSA", "kid": "a", "n": "AQ", "e": "AQAB"}]}"#
    #expect(problem(rsa) == nil)
    for (text, reason) in [
      ("", "JSON text"), ("{}", "JSON text"), (#"{"keys": []}"#, "no keys"),
      (#"{"keys": [{"kty": "oct", "k": "secret"}]}"#, "private or symmetric"),
      (rsa.replacing("\"e\"", with: "\"d\": \"x\", \"e\""), "private or symmetric"),
      (rsa.replacing("\"n\"", with: "\"m\""), "lacks `n`"),
      (rsa.replacing("\"kid\"", with: "\"x5c\""), "`x5c`"),
      (rsa.replacing("RSA", with: "OKP"), "RSA or EC only"),
    ] {
      #expect(problem(text)?.contains(reason) == true, "\(text): \(problem(text) ?? "nil")")
      #expect(problem(text)?.contains("secret") != true)
    }
  }

  @Test func theTypeMustAgreeWithTheLiveOne() {
    func problem(_ live: JSONValue, _ written: JSONObject) -> String? {
      ProviderRules.problem(inLive: live, written: written)
    }
    #expect(problem(["aws": [:]], ["aws": [:]]) == nil)
    #expect(problem(["aws": [:]], ["disabled": true]) == nil)
    #expect(problem(["aws": [:]], ["oidc": [:]])?.contains("does not change the type") == true)
    #expect(problem(["quantum": [:]], ["oidc": [:]])?.contains("none of") == true)
  }

  @Test func keysAreComparedAsJSON() {
    let schema = WorkloadIdentityPoolProviderKind().schema
    func changes(_ written: String, _ live: String) -> Int {
      SchemaDiff.changes(
        desired: ["oidc": ["jwksJson": .string(written)]],
        live: ["oidc": ["jwksJson": .string(live)]], schema: schema
      ).count
    }
    #expect(changes(#"{"keys": [{"a": 1, "b": 2}]}"#, "{\"keys\":[{\"b\":2,\"a\":1}]}") == 0)
    #expect(changes(#"{"keys": [{"a": 1}]}"#, #"{"keys": [{"a": 2}]}"#) == 1)
    #expect(changes(#"{"keys": []}"#, "not JSON") == 1)
  }

  @Test func actorsAreComparedWithoutTheirProject() {
    let rest = "locations/global/workloadIdentityPools/pool/providers/x"
    let adopted = ActorNames.adopted(
      ["actorProviders": [.string("projects/p/\(rest)"), .string("projects/p/\(rest)y")]],
      live: ["actorProviders": [.string("projects/123/\(rest)")]])
    #expect(
      adopted["actorProviders"] == [
        .string("projects/123/\(rest)"), .string("projects/p/\(rest)y"),
      ])
  }

  @Test func poolsHaveRules() throws {
    let kind = WorkloadIdentityPoolKind()
    let issuance =
      #""inlineCertificateIssuanceConfig": {"useDefaultSharedCa": true, "caPools": {"a": "b"}, "lifetime": "3600s"}"#
    #expect(try found(kind, #"{"mode": "TRUST_DOMAIN", \#(issuance)}"#).count == 2)
    let plain = try found(kind, "{\(issuance)}")
    #expect(plain.contains { $0.contains("is for pools with `mode: trust_domain`") })
    for name in ["abcd", "my-project.svc.id.goog", "gcp-pool"] {
      #expect(kind.problem(withName: name) == nil, "\(name)")
    }
    for name in ["abc", "Abcd", "a_bcd", "a.b.c.d", String(repeating: "a", count: 33)] {
      #expect(kind.problem(withName: name) != nil, "\(name)")
    }
    #expect(kind.problem(creating: "gcp-pool") != nil)
    #expect(kind.problem(creating: "my-project.svc.id.goog") != nil)
  }
}
