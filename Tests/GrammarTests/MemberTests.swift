import Model
import Testing

@testable import Grammar

struct MemberTests {
  private static let workload =
    "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/pool"
  private static let workforce = "//iam.googleapis.com/locations/global/workforcePools/pool"

  private static let casesPolicyMembers: [(String, String)] = [
    ("allUsers", "allUsers"), ("allAuthenticatedUsers", "allAuthenticatedUsers"),
    ("user:Ana@Example.COM", "user:ana@example.com"),
    ("user:o'brien+x@example.com", "user:o'brien+x@example.com"),
    ("user:josé@example.com", "user:josé@example.com"),
    ("group:Developers@example.com", "group:developers@example.com"),
    ("domain:Example.com", "domain:example.com"),
    (
      "serviceAccount:Uploader@my-project-id.iam.gserviceaccount.com",
      "serviceAccount:uploader@my-project-id.iam.gserviceaccount.com"
    ),
    (
      "serviceAccount:123-compute@developer.gserviceaccount.com",
      "serviceAccount:123-compute@developer.gserviceaccount.com"
    ),
    (
      "serviceAccount:my-project.svc.id.goog[ns/ksa]",
      "serviceAccount:my-project.svc.id.goog[ns/ksa]"
    ),
    ("principal:\(workload)/subject/Repo:Org/x", "principal:\(workload)/subject/Repo:Org/x"),
    ("principal:\(workforce)/subject/ana", "principal:\(workforce)/subject/ana"),
    ("principalSet:\(workload)/*", "principalSet:\(workload)/*"),
    ("principalSet:\(workload)/group/Devs", "principalSet:\(workload)/group/Devs"),
    (
      "principalSet:\(workload)/attribute.repository/Org/Repo",
      "principalSet:\(workload)/attribute.repository/Org/Repo"
    ),
    (
      "principalSet://cloudresourcemanager.googleapis.com/projects/123",
      "principalSet://cloudresourcemanager.googleapis.com/projects/123"
    ),
    ("projectOwner:my-project-id", "projectOwner:my-project-id"),
  ]

  @Test(arguments: casesPolicyMembers)
  func policyMembers(_ text: String, normal: String) throws {
    #expect(try Member(parsing: text) == .policy(normal))
    // The planner's normal form must agree with the written one.
    #expect(PolicyMember.normalized(text) == normal)
  }

  @Test(arguments: [
    ("serviceAccount:uploader", Member.account(id: "uploader", project: nil)),
    (
      "serviceAccount:uploader@other-project",
      .account(id: "uploader", project: "other-project")
    ),
    (
      "serviceAccount:uploader@example.com:other-project",
      .account(id: "uploader", project: "example.com:other-project")
    ),
    (
      "serviceAgent:artifactregistry@my-project",
      .serviceAgent(name: "artifactregistry", project: "my-project")
    ),
    ("serviceAgent:run", .serviceAgent(name: "run", project: nil)),
    ("deleted:user:Ana@example.com?uid=12", .deleted("deleted:user:Ana@example.com?uid=12")),
    ("deleted:principal://x/y", .deleted("deleted:principal://x/y")),
    ("pool:workflows/*", .shorthand(prefix: "pool", value: "workflows/*")),
    (
      "pool:p@my-project/attribute.a_1/x/y",
      .shorthand(prefix: "pool", value: "p@my-project/attribute.a_1/x/y")
    ),
    ("github:acme/lib", .shorthand(prefix: "github", value: "acme/lib")),
    (
      "github:acme/lib.py@refs/heads/a@b#c",
      .shorthand(prefix: "github", value: "acme/lib.py@refs/heads/a@b#c")
    ),
    (
      "github:acme/lib#environment:a b".filter { $0 != " " },
      .shorthand(prefix: "github", value: "acme/lib#environment:ab")
    ),
  ])
  func references(_ text: String, member: Member) throws {
    #expect(try Member(parsing: text) == member)
    #expect(member.text == text)
  }

  private static let casesMistakes: [(String, String, String)] = [
    ("", "empty", ""),
    (" user:a@example.com", "spaces", "user:a@example.com"),
    ("user: a@example.com", "spaces", "user:a@example.com"),
    ("user:a@example.com\u{a0}", "spaces", "user:a@example.com"),
    ("ana@example.com", "does not say what", "`user:ana@example.com` or `group:ana@example.com`"),
    ("x@p.iam.gserviceaccount.com", "does not say", "`serviceAccount:x@p.iam.gserviceaccount.com`"),
    ("example.com", "does not say what", "`domain:example.com`"),
    ("uploader", "does not say what", "`serviceAccount:uploader`"),
    ("allusers", "not a member", "`allUsers`"),
    ("AllAuthenticatedUser", "not a member", "`allAuthenticatedUsers`"),
    ("serviceaccount:uploader", "not a kind of member", "`serviceAccount:uploader`"),
    ("ServiceAccount:uploader", "not a kind of member", "`serviceAccount:uploader`"),
    ("service_account:uploader", "not a kind of member", "`serviceAccount:uploader`"),
    ("sa:uploader", "not a kind of member", "`serviceAccount:uploader`"),
    ("usr:a@example.com", "not a kind of member", "`user:a@example.com`"),
    ("User:a@example.com", "not a kind of member", "`user:a@example.com`"),
    ("zebra:a@example.com", "not a kind of member", "one of `user:`"),
    ("user:", "has no name after", ""),
    ("user:ana", "not an e-mail", ""),
    ("user:ana@example", "not an e-mail", ""),
    ("user:a@b@example.com", "not an e-mail", ""),
    ("user:a,b@example.com", "not an e-mail", ""),
    ("user:allUsers", "is not a member", "`allUsers`"),
    ("user:x@p.iam.gserviceaccount.com", "is a service account", "`serviceAccount:x@p."),
    ("group:x@p.iam.gserviceaccount.com", "not a group", "`serviceAccount:x@p."),
    ("domain:@example.com", "not a domain", "`domain:example.com`"),
    ("domain:ana@example.com", "not a domain", "`domain:example.com`"),
    ("domain:example", "domain name", ""),
    ("serviceAccount:\(String(repeating: "a", count: 64))", "1 to 63", ""),
    ("serviceAccount:up_loader", "letters", ""),
    ("serviceAccount:uploader@p", "project `p`", ""),
    ("serviceAccount:uploader@My-Project", "lower case", ""),
    ("serviceAccount:ana@example.com", "end with `gserviceaccount.com`", "`user:ana@example.com`"),
    ("serviceAccount:p.svc.id.goog[ns/ksa]", "Kubernetes", ""),
    ("serviceAccount:my-project.svc.id.goog[ns]", "Kubernetes", ""),
    ("serviceAccount:my-project.svc.id.goog[ns/]", "Kubernetes", ""),
    ("serviceAgent:artifactregistr@my-project", "service agent", "serviceAgent:artifactregistry"),
    ("serviceAgent:run@p", "6 to 30", ""),
    ("deleted:user:a@example.com", "?uid=NUMBER", ""),
    ("pool:workflows", "does not name identities", "pool:NAME/attribute"),
    ("pool:workflows/", "does not name identities", ""),
    ("pool:/subject/x", "does not name identities", ""),
    ("pool:w/subject/", "does not name identities", ""),
    ("pool:w/attribute./x", "does not name identities", ""),
    ("pool:w/attribute.A/x", "does not name identities", ""),
    ("pool:w/namespace/x", "does not name identities", ""),
    ("pool:w@P/*", "the project `P` of the pool", ""),
    ("github:acme", "does not name workflows", "github:OWNER/REPOSITORY"),
    ("github:acme/lib/x", "does not name workflows", ""),
    ("github:acme/", "does not name workflows", ""),
    ("github:a%b/lib", "does not name workflows", ""),
    ("github:acme/lib@main", "is not a branch or a tag", "@refs/heads/BRANCH"),
    ("github:acme/lib@refs/heads/", "is not a branch or a tag", ""),
    ("github:acme/lib@refs/pull/1/merge", "is not a branch or a tag", ""),
    ("github:acme/lib#release", "does not name workflows", ""),
    ("github:acme/lib#environment:", "does not name workflows", ""),
    ("github:acme/*", "members are not globs", ""),
    ("deleted:domain:example.com?uid=1", "?uid=NUMBER", ""),
    ("projectOwner:P", "lower case", ""),
    ("principal:iam.googleapis.com/x", "followed by `//`", "principal://iam"),
    ("principal:\(workload)/group/x", "subject/SUBJECT", "`principalSet://`"),
    ("principal:\(workload)/subject/", "subject/SUBJECT", ""),
    ("principalSet:\(workload)/subject/x", "attribute.NAME/VALUE", "`principal://`"),
    ("principalSet:\(workload)/attribute./x", "attribute.NAME/VALUE", ""),
    ("principalSet:\(workload)/attribute.a", "attribute.NAME/VALUE", ""),
    ("principalSet:\(workload)", "workloadIdentityPools/POOL", ""),
    ("principalSet:\(workforce)", "workforcePools/POOL", ""),
    ("principalSet://cloudresourcemanager.googleapis.com", "no path after its host", ""),
    (
      "principalSet://iam.googleapis.com/projects/my-p/locations/global/workloadIdentityPools/x/*",
      "the project `my-p` must have 6 to 30 characters", ""
    ),
  ]

  /// Google wants the number of the project; the plan puts it in.
  @Test(arguments: [
    "principalSet://iam.googleapis.com/projects/my-project/locations/global/workloadIdentityPools/p/*",
    "principal://iam.googleapis.com/projects/my-project/locations/global/workloadIdentityPools/p/subject/s",
    "principalSet://cloudresourcemanager.googleapis.com/projects/my-project/type/ServiceAccount",
  ])
  func aProjectMayBeNamedByItsID(_ text: String) throws {
    #expect(try Member(parsing: text) == .numbered(text, project: "my-project"))
    #expect(NumberedMember.project(in: text) == "my-project")
    let numbers = ["my-project": "123", "my-proj": "9"]
    let resolved = try #require(NumberedMember.resolved(text, projectNumbers: numbers))
    #expect(resolved == text.replacing("my-project", with: "123"))
    #expect(NumberedMember.project(in: resolved) == nil)
    #expect(NumberedMember.resolved(text, projectNumbers: [:]) == nil)
    let ids = Dictionary(uniqueKeysWithValues: numbers.map { ($1, $0) })
    if text.hasPrefix("principal") {
      #expect(NumberedMember.named(resolved, projectIDs: ids) == text)
    }
    #expect(NumberedMember.named(text, projectIDs: ids) == nil)
  }

  /// Google adds forms for new products: arctl warns, and Google decides.
  @Test(arguments: [
    ("principalSet:\(workload)/region/us", true), ("principal:\(workload)/region/us", true),
    ("principal://iam.googleapis.com/projects/1/locations/us/managedPools/p/x/y", true),
    ("principalSet:\(workload)/namespace/prod", false),
    ("principalSet:\(workload)/kubernetes.cluster/https://example.com/c", false),
    ("principal:\(workload)/kubernetes.serviceaccount.uid/1-2", false),
    ("principal://parametermanager.googleapis.com/projects/1/uid/locations/us/parameters/p", false),
    ("group:a@example.com", false),
  ])
  func anUnknownFormIsAWarning(_ text: String, isUnknown: Bool) throws {
    #expect(try Member(parsing: text) == .policy(text))
    #expect(Member.remark(on: text)?.isWarning == (isUnknown ? true : nil))
  }

  @Test(arguments: casesMistakes)
  func mistakes(_ text: String, message: String, help: String) {
    let problem = #expect(throws: Problem.self) { try Member(parsing: text) }
    #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "-")")
    #expect(help.isEmpty || problem?.help?.contains(help) == true, "\(problem?.help ?? "-")")
  }

  @Test func theDomainOfAnOldProjectFollowsItsID() {
    let email = "up@id.example.com.iam.gserviceaccount.com"
    #expect(AccountEmail(id: "up", project: "example.com:id").description == email)
    #expect(AccountEmail.id(in: email, of: "example.com:id") == "up")
    #expect(AccountEmail.id(in: email, of: "id") == nil)
    #expect(AccountEmail.id(in: "1-compute@developer.gserviceaccount.com", of: "p") == nil)
  }

  @Test func accountEmails() throws {
    let email = try #require(
      AccountEmail(parsing: "Uploader@my-project-id.iam.gserviceaccount.com"))
    #expect(email == AccountEmail(id: "uploader", project: "my-project-id"))
    #expect(email.description == "uploader@my-project-id.iam.gserviceaccount.com")
    let old = "uploader@my-project.example.com.iam.gserviceaccount.com"
    #expect(AccountEmail(parsing: old)?.project == "example.com:my-project")
    #expect(AccountEmail(parsing: old)?.description == old)
    for other in [
      "ana@example.com", "123-compute@developer.gserviceaccount.com", "uploader",
      "service-123@gcp-sa-artifactregistry.iam.gserviceaccount.com",
      "service-123@container-engine-robot.iam.gserviceaccount.com",
    ] {
      #expect(AccountEmail(parsing: other) == nil)
    }
  }
}

struct ServiceAgentsTests {
  @Test func everyAgentIsRecognised() throws {
    for name in ServiceAgents.emails.keys {
      let email = try #require(ServiceAgents.email(of: name, projectNumber: "123"))
      let member = "serviceAccount:\(email)"
      #expect(!email.contains("{"))
      #expect(try Member(parsing: member) == .policy(member))
      #expect(ServiceAgents.isAgent(member, projectNumber: "123"), "\(member)")
      #expect(ServiceAgents.isAgent(member, projectNumber: nil))
      #expect(!ServiceAgents.isAgent(member, projectNumber: "12"))
    }
    #expect(ServiceAgents.email(of: "nobody", projectNumber: "123") == nil)
  }

  @Test(arguments: [
    "user:service-123@gcp-sa-pubsub.iam.gserviceaccount.com",
    "serviceAccount:uploader@my-project.iam.gserviceaccount.com",
    "serviceAccount:service-123@my-project.iam.gserviceaccount.com",
    "serviceAccount:service-x@gcp-sa-pubsub.iam.gserviceaccount.com",
    "serviceAccount:service-123@gcp-sa-pubsub.example.com", "allUsers", "serviceAccount:uploader",
  ])
  func othersAreNot(_ member: String) {
    #expect(!ServiceAgents.isAgent(member, projectNumber: nil))
  }

  @Test func agentsThatTheTableLacksAreKnownByTheirHost() {
    let member = "serviceAccount:service-123@gcp-sa-brandnew.iam.gserviceaccount.com"
    #expect(ServiceAgents.isAgent(member, projectNumber: "123"))
  }
}
