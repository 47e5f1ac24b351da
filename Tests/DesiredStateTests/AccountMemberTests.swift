import Diagnostics
import Model
import TestSupport
import Testing

@testable import DesiredState

/// Members with the full e-mail of an account: which are looked up, which are accepted, and which cannot exist.
@Suite struct AccountMemberTests {
  private func load(_ member: String, _ documents: String = "") -> LoadResult {
    Loading(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: packages}
        spec:
          format: python
          iam: [{role: roles/artifactregistry.reader, members: ['serviceAccount:\(member)']}]

        """ + documents
    ).run()
  }
  private let other = """
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: other-proj-1}

    """

  @Test func accountsOfDeclaredProjectsAreLookedUp() throws {
    let account = Address(project: "other-proj-1", .serviceAccount, "builder")
    let email = "builder@other-proj-1.iam.gserviceaccount.com"
    let looked = try #require(load(email, other).graph)
    #expect(looked.resources[account]?.origin == .external)
    let believed = try #require(load(email).graph)
    #expect(believed.resources[account] == nil)
  }

  @Test func anIdThatNoAccountCanHaveIsAnError() {
    for project in ["my-project-id", "other-proj-1"] {
      let result = load("no_pe@\(project).iam.gserviceaccount.com", other)
      #expect(result.diagnostics.map(\.code) == [.badMember])
      #expect(result.diagnostics.first?.message.contains("its id `no_pe` may contain") == true)
    }
  }

  @Test func anIdOfAnOldAccountIsLookedUpWithAWarning() throws {
    for project in ["my-project-id", "other-proj-1"] {
      let result = load("ops@\(project).iam.gserviceaccount.com", other)
      #expect(result.diagnostics.map(\.severity) == [.warning])
      #expect(result.diagnostics.first?.message.contains("6 to 30 characters") == true)
      let account = Address(project: project, .serviceAccount, "ops")
      #expect(try #require(result.graph).resources[account]?.origin == .external)
    }
  }

  @Test func anOldAccountIsDeclaredAndNamedShortly() throws {
    let result = load(
      "ops",
      """
      ---
      apiVersion: arctl.dev/v1
      kind: ServiceAccount
      metadata: {name: ops}
      lifecycle: {create: false}

      """)
    #expect(result.diagnostics.isEmpty)
    let policy = try #require(result.graph?.policies.values.first)
    #expect(
      policy.entries.first?.members.map(\.text)
        == ["serviceAccount:ops@my-project-id.iam.gserviceaccount.com"])
  }

  @Test func outsideAndGoogleAccountsAreAcceptedUnchanged() {
    for email in [
      "nope@third-proj-1.iam.gserviceaccount.com", "my-project-id@appspot.gserviceaccount.com",
      "123-compute@developer.gserviceaccount.com",
      "service-123@gcp-sa-artifactregistry.iam.gserviceaccount.com",
    ] {
      #expect(load(email, other).diagnostics.isEmpty)
    }
  }
}
