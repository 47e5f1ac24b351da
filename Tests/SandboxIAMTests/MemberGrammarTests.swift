import Testing

@testable import SandboxIAM

@Suite struct MemberGrammarTests {
  @Test(
    arguments: [
      ("allUsers", "allUsers"), ("user:Ana@Example.com", "user:ana@example.com"),
      ("group:Devs@Example.com", "group:devs@example.com"),
      ("domain:Example.COM", "domain:example.com"),
      ("serviceAccount:p.svc.id.goog[ns/ksa]", "serviceAccount:p.svc.id.goog[ns/ksa]"),
      ("projectOwner:p", "projectOwner:p"),
      (
        "deleted:serviceAccount:a@p.iam.gserviceaccount.com?uid=123",
        "deleted:serviceAccount:a@p.iam.gserviceaccount.com?uid=123"
      ),
      (
        "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/P/subject/S",
        nil
      ),
      (
        "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/S",
        "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/S"
      ),
      (
        "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
        "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*"
      ),
      ("user:nobody", nil), ("User:a@b.co", nil), ("a@b.co", nil), ("", nil), ("domain:x", nil),
      ("deleted:user:a@b.co", nil), ("principal://example.com/x", nil),
    ] as [(String, String?)])
  func normalizes(_ member: String, _ expected: String?) {
    #expect(MemberGrammar.normalize(member) == expected)
  }

  @Test(arguments: [
    "@b.co", "a@", "a@b", "a@b.", "a@.co", "a b@c.co", "a@b_c.co", "a@b@c.co", "a:b@c.co",
    String(repeating: "a", count: 320) + "@b.co",
  ])
  func notAnEmail(_ text: String) { #expect(!MemberGrammar.isEmail(text)) }
}
