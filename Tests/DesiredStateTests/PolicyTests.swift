import DesiredState
import Diagnostics
import Model
import TestSupport
import Testing

@Suite struct PolicyTests {
  static let repository = Address(project: "my-project-id", .repository, "us-east4", "packages")
  static let base =
    Loading.stack + """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: packages}
      spec:
        format: python

      """

  private func entries(_ text: String) throws -> [PolicyEntry] {
    try Loading.graph(text).policies[Self.repository.policy]?.entries ?? []
  }

  private func binding(_ name: String, _ spec: String, top: String = "") -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: IAMBinding
    metadata: {name: \(name)}
    \(top)
    spec: {resource: repository/packages, role: roles/artifactregistry.reader, \(spec)}

    """
  }

  @Test func inlineAndBindingsUnite() throws {
    let found = try entries(
      Self.base
        + "  iam: [{role: roles/artifactregistry.reader, members: ['group:A@example.com']}]\n"
        + binding("more", "members: ['group:a@example.com', 'user:b@example.com'], exclusive: true")
        + binding("gone", "members: ['user:eve@example.com']", top: "lifecycle: {ensure: absent}"))
    try #require(found.count == 1)
    #expect(found[0].members.map(\.text) == ["group:a@example.com", "user:b@example.com"])
    #expect(found[0].absent.map(\.text) == ["user:eve@example.com"])
    #expect(found[0].exclusive)
  }

  @Test func theEndOfAGrantIsKnownAsATime() throws {
    let graph = try Loading.graph(
      Self.base + binding("later", "members: ['user:a@example.com'], until: 2027-01-01")
        + binding("past", "members: ['user:b@example.com'], until: 2026-01-01")
        + binding("always", "members: ['user:c@example.com']"))
    let ends = graph.policies.values.flatMap(\.entries).map(\.until)
    #expect(ends.compactMap { $0 } == [1_798_761_600] && ends.count == 3)
  }

  @Test func untilIsAConditionAndThenARemoval() throws {
    let found = try entries(
      Self.base + binding("later", "members: ['user:a@example.com'], until: 2027-01-01")
        + binding("past", "members: ['user:b@example.com'], until: 2026-01-01"))
    #expect(
      found.map(\.condition) == [
        PolicyCondition(
          title: "until-2026-01-01",
          expression: "request.time < timestamp(\"2026-01-01T00:00:00Z\")"),
        PolicyCondition(
          title: "until-2027-01-01",
          expression: "request.time < timestamp(\"2027-01-01T00:00:00Z\")"),
      ])
    #expect(found[0].members.isEmpty)
    #expect(found[0].absent.map(\.text) == ["user:b@example.com"])
    #expect(found[1].members.map(\.text) == ["user:a@example.com"])
    #expect(found.map { $0.ended.map(\.members) } == [[["user:b@example.com"]], []])
  }

  @Test func anAbsentBindingIsRecorded() throws {
    let found = try entries(
      Self.base + binding("a", "members: ['user:a@example.com']")
        + binding("gone", "members: ['user:eve@example.com']", top: "lifecycle: {ensure: absent}")
        + binding("never", "absent: ['user:mallory@example.com']"))
    #expect(found.map { $0.ended.map(\.members) } == [[["user:eve@example.com"]]])
  }

  @Test func wholeConditionsDistinguishEntries() throws {
    let found = try entries(
      Self.base
        + binding("a", "members: ['user:a@example.com'], condition: {title: t, expression: 'true'}")
        + binding(
          "b",
          "members: ['user:a@example.com'], condition: {title: t, expression: 'true', description: d}"
        ) + binding("c", "members: ['user:a@example.com']"))
    try #require(found.count == 3)
    #expect(found[0].condition == nil)
  }

  @Test func customRolesAndAccountsAreDependencies() throws {
    let graph = try Loading.graph(
      Self.base + """
          iam:
            - role: publisher
              members: ["serviceAccount:uploader", "serviceAccount:robot-two@my-project-id.iam.gserviceaccount.com"]
            - role: roles/artifactregistry.reader
              members:
                - serviceAccount:uploader@far-project.iam.gserviceaccount.com
                - serviceAgent:artifactregistry
        ---
        apiVersion: arctl.dev/v1
        kind: Role
        metadata: {name: publisher}
        spec: {title: Publisher, includedPermissions: [artifactregistry.repositories.get]}
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccount
        metadata: {name: uploader}
        """)
    let policy = try #require(graph.policies[Self.repository.policy])
    let role = Address(project: "my-project-id", .role, "publisher")
    let account = Address(project: "my-project-id", .serviceAccount, "uploader")
    let external = Address(project: "my-project-id", .serviceAccount, "robot-two")
    #expect(policy.dependencies == [Self.repository, role, account, external])
    #expect(graph.resources[external]?.origin == .external)
    #expect(policy.entries[0].role == "projects/my-project-id/roles/publisher")
    #expect(
      policy.entries[1].members.map(\.text) == [
        "serviceAccount:uploader@far-project.iam.gserviceaccount.com",
        "serviceAgent:artifactregistry@my-project-id",
      ])
    // Another project's account need not be readable, so it stays plain text.
    let far = Address(project: "far-project", .serviceAccount, "uploader")
    #expect(graph.resources[far] == nil)
  }

  /// So that an excluded service leaves out the grants to its agent, not the whole policy.
  @Test func whatOnlyAMemberNeedsIsMentionedByTheMember() throws {
    let graph = try Loading.graph(
      Self.base + """
          iam:
            - role: roles/artifactregistry.reader
              members: [serviceAgent:run@far-project, serviceAgent:artifactregistry]
        ---
        apiVersion: arctl.dev/v1
        kind: Project
        metadata: {name: my-project-id}
        spec: {services: [artifactregistry.googleapis.com]}
        ---
        apiVersion: arctl.dev/v1
        kind: Project
        metadata: {name: far-project}
        spec: {services: [run.googleapis.com]}
        """)
    let policy = try #require(graph.policies[Self.repository.policy])
    let far = Address(project: "far-project", .project)
    let run = Address(project: "far-project", .service, "run.googleapis.com")
    #expect(policy.dependencies.isSuperset(of: [far, run]))
    let agent = PolicyName.member("serviceAgent:run@far-project")
    #expect(policy.mentions[far] == [agent])
    #expect(policy.mentions[run] == [agent])
    let selected = graph.selected(by: Selection(excludes: [AddressGlob(run.description)]))
    #expect(selected.contains(policy.address))
    // Without its own service the repository is left out, and its policy with it.
    let own = Address(project: "my-project-id", .service, "artifactregistry.googleapis.com")
    let without = graph.selected(by: Selection(excludes: [AddressGlob(own.description)]))
    #expect(!without.contains(policy.address))
  }

  @Test func bindingsReachOtherProjects() throws {
    let graph = try Loading.graph(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: IAMBinding
        metadata: {name: pull}
        spec:
          resource: projects/other-project/locations/us/repositories/images
          role: roles/artifactregistry.reader
          members: ["serviceAccount:runner-one@my-project-id"]
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccount
        metadata: {name: runner-one}
        """)
    let images = Address(project: "other-project", .repository, "us", "images")
    #expect(graph.resources[images]?.origin == .external)
    let policy = try #require(graph.policies[images.policy])
    #expect(
      policy.dependencies
        == [images, Address(project: "my-project-id", .serviceAccount, "runner-one")])
  }

  @Test func conflictsNameBothLines() {
    let result = Loading(
      Self.base + binding("one", "members: ['user:eve@example.com']")
        + binding("two", "absent: ['user:Eve@example.com']")
    ).run().diagnostics
    #expect(result.map(\.code) == [.bindingConflict])
    #expect(result.first?.position?.line == 17)
    #expect(result.first?.related.first?.position.line == 23)
    let conflict = Loading(
      Self.base + binding("one", "members: ['user:eve@example.com']")
        + binding("two", "members: ['user:Eve@example.com']", top: "lifecycle: {ensure: absent}")
    ).run().diagnostics
    #expect(conflict.map(\.code) == [.bindingConflict])
    #expect(conflict.first?.position?.line == 17)
    #expect(conflict.first?.related.first?.position.line == 23)
  }

  @Test func bindingsTakeAbsentLikeInlineEntries() throws {
    let found = try entries(
      Self.base + binding("keep", "members: ['user:a@example.com']")
        + binding("drop", "absent: ['user:eve@example.com']"))
    try #require(found.count == 1)
    #expect(found[0].members.map(\.text) == ["user:a@example.com"])
    #expect(found[0].absent.map(\.text) == ["user:eve@example.com"])
    let nobody = Loading(
      Self.base
        + binding("nobody", "condition: {title: t, expression: 'true'}")
    ).run().diagnostics
    #expect(nobody.map(\.message) == ["this grant has no members"])
  }

  @Test func policiesOfAbsentResourcesAreDeletedWithThem() throws {
    let graph = try Loading.graph(
      Self.base.replacing("spec:\n  format", with: "lifecycle: {ensure: absent}\nspec:\n  format")
        + binding("gone", "members: ['user:eve@example.com']", top: "lifecycle: {ensure: absent}"))
    #expect(graph.policies.isEmpty)
  }

  @Test func revokedMembersAreNormal() throws {
    let graph = try Loading.graph(
      Loading.stack
        + "  revoked: [user:Eve@Example.com, serviceAccount:old-robot@my-project-id.iam.gserviceaccount.com]\n"
          + """
          ---
          apiVersion: arctl.dev/v1
          kind: ServiceAccount
          metadata: {name: uploader}
          """)
    #expect(
      graph.stack.revoked.map(\.text) == [
        "user:eve@example.com", "serviceAccount:old-robot@my-project-id.iam.gserviceaccount.com",
      ])
    #expect(graph.resources.count == 1)
  }
}
