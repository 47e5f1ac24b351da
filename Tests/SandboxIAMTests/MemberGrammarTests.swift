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

  private static let number = "projects/123456789012"
  private static let pools = "iam.googleapis.com/\(number)/locations/global/workloadIdentityPools"
  private static let cluster =
    "https://container.googleapis.com/v1/projects/p/locations/us-east4/clusters/c"

  /// Every form on Google's pages about principal identifiers, those of GKE and those of resources.
  @Test(arguments: [
    "principal://\(pools)/my-project.svc.id.goog/subject/ns/prod/sa/puller",
    "principal://\(pools)/example.com:my-project.svc.id.goog/subject/ns/prod/sa/puller",
    "principal://\(pools)/my-project.svc.id.goog/kubernetes.serviceaccount.uid/1a2b-3c",
    "principalSet://\(pools)/my-project.svc.id.goog/namespace/prod",
    "principalSet://\(pools)/my-project.svc.id.goog/kubernetes.cluster/\(cluster)",
    "principalSet://\(pools)/my-project.svc.id.goog/*",
    "principal://\(pools)/my-project.hub.id.goog/subject/ns/prod/sa/puller",
    "principalSet://\(pools)/github/attribute.repository/me/mine",
    "principalSet://\(pools)/github/group/g",
    "principalSet://\(pools)/workloads/namespace/prod",
    "principal://iam.googleapis.com/locations/global/workforcePools/staff/subject/ana@example.com",
    "principalSet://iam.googleapis.com/locations/global/workforcePools/staff/group/g",
    "principalSet://iam.googleapis.com/locations/global/workforcePools/staff/attribute.team/web",
    "principalSet://iam.googleapis.com/locations/global/workforcePools/staff/*",
    "principalSet://cloudresourcemanager.googleapis.com/\(number)/type/ServiceAccount",
    "principalSet://cloudresourcemanager.googleapis.com/folders/1/type/ServiceAccount",
    "principalSet://cloudresourcemanager.googleapis.com/organizations/1/type/ServiceAgent",
    "principal://parametermanager.googleapis.com/\(number)/uid/locations/global/parameters/1a2b",
    "principal://github.global.123456789012.workload.id.goog/ns/prod/sa/web",
    "principal://agents.global.org-1.system.id.goog/resources/aiplatform/\(number)/x",
    "deleted:principal://iam.googleapis.com/locations/global/workforcePools/staff/subject/ana",
    "deleted:user:ana@example.com?uid=1", "deleted:group:devs@example.com?uid=1",
    "serviceAccount:my-project.svc.id.goog[prod/puller]",
    "serviceAccount:example.com:my-project.svc.id.goog[prod/puller]",
    "serviceAccount:my-project.hub.id.goog[prod/puller]",
    "projectOwner:my-project", "projectEditor:example.com:my-project", "projectViewer:my-project",
  ])
  func takes(_ member: String) { #expect(MemberGrammar.normalize(member) == member) }

  @Test(arguments: [
    "principal://\(pools)/my-project.svc.id.goog/namespace/prod",
    "principalSet://\(pools)/my-project.svc.id.goog/subject/ns/prod/sa/puller",
    "principalSet://\(pools)/my-project.svc.id.goog", "principal://\(pools)/a.b/subject/s",
    "principal://iam.googleapis.com/projects/my-project/locations/global/workloadIdentityPools/p/subject/s",
    "principal://cloudresourcemanager.googleapis.com/\(number)/type/ServiceAccount",
    "principalSet://cloudresourcemanager.googleapis.com/\(number)",
    "principalSet://cloudresourcemanager.googleapis.com/projects/my-project/type/ServiceAccount",
    "principalSet://example.com/\(number)/type/X", "principal://example.id.goog/x",
    "principalSet://parametermanager.googleapis.com/\(number)/",
    "serviceAccount:my-project.svc.id.goog[prod]", "serviceAccount:my-project[prod/puller]",
    "principalHierarchy:x", "deleted:domain:example.com?uid=1",
  ])
  func refuses(_ member: String) { #expect(MemberGrammar.normalize(member) == nil) }

  @Test(arguments: [
    "@b.co", "a@", "a@b", "a@b.", "a@.co", "a b@c.co", "a@b_c.co", "a@b@c.co", "a:b@c.co",
    String(repeating: "a", count: 320) + "@b.co",
  ])
  func notAnEmail(_ text: String) { #expect(!MemberGrammar.isEmail(text)) }
}
