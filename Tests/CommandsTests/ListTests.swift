import CommandLine
import JSON
import Kinds
import Model
import Resources
import TestSupport
import Testing

@testable import Commands

@Suite struct ListTests {
  // MARK: help and usage

  static let names = [
    "repositories", "packages", "versions", "files", "tags", "accounts", "keys", "roles",
    "pools", "secrets", "secret-versions", "services", "grants",
  ]

  @Test func everyListHasACommand() {
    let lists = CommandTable.lists.filter { $0.spec.name.hasPrefix("ls ") }
    #expect(Set(lists.map(\.spec.name)) == Set(Self.names.map { "ls \($0)" }))
    #expect(lists.count == Self.names.count)
  }

  @Test(arguments: [
    ["ls"], ["keys"], ["ls", "--help"], ["help", "ls"], ["keys", "--help"], ["help", "keys"],
    ["keys", "list", "--help"], ["help", "keys", "list"], ["ls", "grants", "--help"],
  ])
  func helpOfBothLevels(arguments: [String]) async {
    let context = TestContext()
    #expect(await context.run(arguments) == .success)
    let name = arguments.filter { !["--help", "help"].contains($0) }.joined(separator: " ")
    #expect(context.console.output.hasPrefix("arctl \(name): "))
    #expect(context.console.errors == "")
  }

  @Test(arguments: [
    (
      ["ls", "buckets"],
      "unknown command `ls buckets`: expected accounts, files, grants, keys, packages, pools, repositories, roles, secret-versions, secrets, services, tags, versions"
    ),
    (["ls", "repositores"], "did you mean `arctl ls repositories`?"),
    (["keys", "lst"], "did you mean `arctl keys list`?"),
    (["list"], "`arctl ls` lists what is live"),
    (["ls", "keys", "--sort", "sice"], "The columns are account, id, created, expires, age"),
    (["ls", "repositories", "--sort", "-sise"], "did you mean `size`?"),
    (["ls", "keys", "--limit", "-1"], "expected a number from 0"),
    (["ls", "keys", "--output", "yaml"], "expected text or json"),
    (["ls", "keys", "--look-in", "here"], "expected all or declared"),
    (["ls", "keys", "--member", "x"], "unknown option `--member`"),
    (["ls", "keys", "--project", "acme-*"], "`--projects GLOB` selects declared ones"),
    (["ls", "keys", "a", "b"], "unexpected argument `b`"),
    (["ls", "packages", "a", "b", "c"], "unexpected argument `c`"),
    (["ls", "packages", "--json"], "`--output json` prints a list as JSON"),
  ])
  func mistakes(arguments: [String], message: String) async {
    let context = TestContext()
    #expect(await context.run(arguments) == .usage)
    #expect(context.console.errors.contains(message), "\(context.console.errors)")
    #expect(context.console.output == "")
    #expect(context.transport.requests.isEmpty)
  }

  @Test func withoutManifestsAProjectMustBeNamed() async {
    let context = TestContext()
    #expect(await context.run("ls", "keys") == .invalid)
    #expect(context.transport.requests.isEmpty)
  }

  // MARK: grants

  private static func row(_ member: String, _ role: String = "roles/viewer") -> ListRow {
    ListRow(names: [], values: ["member": .string(member), "role": .string(role)])
  }

  @Test(arguments: [
    ("user:ana@example.com", "user:ana@example.com", true),
    ("user:Ana@Example.com", "user:ana@example.com", true),
    ("ana@example.com", "user:ana@example.com", true),
    ("Ana@example.com", "group:ana@example.com", true),
    ("user:ana@example.com", "group:ana@example.com", false),
    ("ana@example.com", "user:joana@example.com", false),
    ("ana@example.com", "deleted:user:ana@example.com?uid=123", true),
    ("user:ana@example.com", "deleted:user:ana@example.com?uid=123", true),
    ("*@example.com", "group:dev@example.com", true),
    ("group:*", "group:dev@example.com", true), ("group:*", "user:ana@example.com", false),
    (
      "serviceAccount:uploader", "serviceAccount:uploader@p.iam.gserviceaccount.com", true
    ),
    (
      "serviceAccount:uploader@p", "serviceAccount:uploader@p.iam.gserviceaccount.com", true
    ),
    (
      "serviceAccount:uploader@p", "serviceAccount:uploader@q.iam.gserviceaccount.com", false
    ),
    (
      "serviceAccount:load", "serviceAccount:uploader@p.iam.gserviceaccount.com", false
    ),
    (
      "uploader@p.iam.gserviceaccount.com", "serviceAccount:uploader@p.iam.gserviceaccount.com",
      true
    ),
    ("allUsers", "allUsers", true), ("allUsers", "allAuthenticatedUsers", false),
    ("all*", "allAuthenticatedUsers", true), ("domain:Example.com", "domain:example.com", true),
    (
      "principalSet://iam.googleapis.com/**",
      "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*",
      true
    ),
  ])
  func members(pattern: String, member: String, isKept: Bool) {
    #expect(GrantFilter(member: pattern, role: nil).keeps(Self.row(member)) == isKept)
  }

  @Test(arguments: [
    ("roles/viewer", "roles/viewer", true), ("viewer", "roles/viewer", true),
    ("viewer", "roles/artifactregistry.viewer", false),
    ("artifactregistry.*", "roles/artifactregistry.reader", true),
    ("audit", "projects/acme/roles/audit", true), ("audit", "organizations/1/roles/audit", true),
    ("projects/acme/roles/audit", "projects/other/roles/audit", false),
    ("*", "projects/acme/roles/audit", true),
  ])
  func roles(pattern: String, role: String, isKept: Bool) {
    #expect(GrantFilter(member: nil, role: pattern).keeps(Self.row("allUsers", role)) == isKept)
  }

  @Test func memberAndRoleMustBothMatch() {
    let filter = GrantFilter(member: "allUsers", role: "viewer")
    #expect(filter.keeps(Self.row("allUsers")))
    #expect(!filter.keeps(Self.row("allUsers", "roles/owner")))
    #expect(!filter.keeps(Self.row("user:ana@example.com")))
  }

  // MARK: what is missing

  @Test func oneDiagnosticForEachReasonInAProject() {
    var refusal = ReadProblem(.forbidden, "us: 403", help: "grant roles/artifactregistry.reader")
    refusal.missing = .init(
      permission: "artifactregistry.repositories.list", role: "roles/artifactregistry.reader",
      isOnlyCause: true)
    var second = refusal
    second.message = "asia: 403"
    let problems = [
      ListProblem(
        project: "b", what: "repositories", reason: ReadProblem(.notReachable, "refused")),
      ListProblem(project: "a", what: "repositories", reason: refusal),
      ListProblem(project: "a", what: "repositories", reason: second),
      ListProblem(project: "a", what: "keys", reason: ReadProblem(.other, "500")),
    ]
    let diagnostics = ListPage.diagnostics(of: problems)
    #expect(
      diagnostics.map(\.message) == [
        "`a`: not all keys are listed: 500",
        "`a`: not all repositories are listed: asia: 403 (and 1 more)",
        "`b`: not all repositories are listed: refused",
      ])
    #expect(diagnostics.map(\.code) == [.notChecked, .permissionDenied, .notReachable])
    #expect(diagnostics[1].help == ["grant roles/artifactregistry.reader"])
    #expect(diagnostics.allSatisfy { $0.severity == .error })
  }
}
