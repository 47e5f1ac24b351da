import Model
import TestSupport
import Testing

/// Members that a declared pool or provider gives their meaning.
@Suite struct ShorthandTests {
  private static let pool = """
    ---
    apiVersion: arctl.dev/v1
    kind: WorkloadIdentityPool
    metadata: {name: workflows}

    """
  private static let github = """
    ---
    apiVersion: arctl.dev/v1
    kind: WorkloadIdentityPoolProvider
    metadata: {name: github}
    spec:
      pool: workflows
      github:
        owner: acme
        ownerId: 5
        repositories: [{name: lib, id: 77}, {name: app, id: 78}]

    """

  private static func binding(_ members: String...) -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: IAMBinding
    metadata: {name: b}
    spec:
      resource: projects/my-project-id
      role: roles/artifactregistry.reader
      members: [\(members.map { "'\($0)'" }.joined(separator: ", "))]

    """
  }

  private static let path =
    "iam.googleapis.com/projects/my-project-id/locations/global/workloadIdentityPools/workflows"

  private func policy(_ text: String) throws -> DesiredPolicy {
    let graph = try Loading.graph(Loading.stack + text)
    return try #require(graph.policies.values.first)
  }

  @Test(arguments: [
    ("pool:workflows/*", "principalSet", "*"),
    ("pool:workflows/group/core", "principalSet", "group/core"),
    ("pool:workflows@my-project-id/attribute.x/a/b", "principalSet", "attribute.x/a/b"),
    ("pool:workflows/subject/repo:a/b", "principal", "subject/repo:a/b"),
    ("github:acme/lib", "principalSet", "attribute.repository_id/77"),
    ("github:Acme/LIB", "principalSet", "attribute.repository_id/77"),
    (
      "github:acme/app@refs/tags/v1", "principalSet",
      "attribute.repository_ref/78@refs/tags/v1"
    ),
    (
      "github:acme/app#environment:prod", "principalSet",
      "attribute.repository_environment/78#prod"
    ),
  ])
  func resolves(_ member: String, _ type: String, _ rest: String) throws {
    let policy = try policy(
      (member.hasPrefix("github") ? Self.github : "") + Self.pool + Self.binding(member))
    #expect(policy.entries.map { $0.members.map(\.text) } == [["\(type)://\(Self.path)/\(rest)"]])
    // A plan shows both.
    #expect(policy.entries.flatMap { $0.members.map(\.written) } == [member])
    // Nothing is granted before the pool, or the provider, exists.
    let kinds = policy.dependencies.map(\.kind.name)
    #expect(
      kinds.contains(
        member.hasPrefix("github") ? "workloadIdentityPoolProvider" : "workloadIdentityPool"))
  }

  @Test(arguments: [
    ("pool:other/*", "AR0141", "no document declares this pool"),
    ("pool:workflows@other-project/*", "AR0141", "no document declares this pool"),
    ("github:other/lib", "AR0141", "no provider with a `github` block has this owner"),
    ("github:acme/other", "AR0145", "`other` is not among the repositories"),
  ])
  func whatIsNotDeclaredIsRefused(_ member: String, _ code: String, _ message: String) {
    let result = Loading(
      Loading.stack + Self.pool + Self.github + Self.binding(member)
    ).run()
    #expect(result.graph == nil)
    #expect(result.diagnostics.contains { $0.message.contains(message) }, "\(result.diagnostics)")
  }

  @Test func twoMeaningsAreRefused() {
    let other = Self.github.replacing("name: github", with: "name: other")
      .replacing("pool: workflows", with: "pool: second")
    let text =
      Loading.stack + Self.pool + Self.pool.replacing("workflows", with: "second") + Self.github
      + other
    let result = Loading(text + Self.binding("github:acme/lib")).run()
    #expect(result.diagnostics.map(\.code.rawValue) == ["AR0142"])
  }

  /// Attributes are the pool's: a grant by one would be for the identities of both providers.
  @Test func twoProvidersOfAPoolMapDifferentAttributes() {
    func errors(_ mapping: String) -> [String] {
      let other = """
        ---
        apiVersion: arctl.dev/v1
        kind: WorkloadIdentityPoolProvider
        metadata: {name: other}
        spec:
          pool: workflows
          attributeMapping: {google.subject: assertion.sub, \(mapping): assertion.x}
          oidc: {issuerUri: "https://ci.example.com"}

        """
      let result = Loading(Loading.stack + Self.pool + Self.github + other).run()
      return result.diagnostics.map(\.message)
    }
    #expect(errors("attribute.team") == [])
    #expect(
      errors("attribute.repository_id") == [
        "`attribute.repository_id` is mapped by two providers of one pool, so a grant by it is for the identities of both"
      ])
  }

  @Test func anAbsentPoolIsRefused() {
    let absent = Self.pool.replacing("}\n", with: "}\nlifecycle: {ensure: absent}\n")
    let result = Loading(Loading.stack + absent + Self.binding("pool:workflows/*")).run()
    #expect(result.diagnostics.contains { $0.message.contains("`ensure: absent`") })
  }

  @Test func aBlockStandsForTheLongForm() throws {
    let graph = try Loading.graph(Loading.stack + Self.pool + Self.github)
    let provider = try #require(
      graph.resources.values.first { $0.address.kind.name == "workloadIdentityPoolProvider" })
    #expect(provider.spec["github"] == nil)
    #expect(provider.spec["oidc"] == ["issuerUri": "https://token.actions.githubusercontent.com"])
    #expect(provider.spec["attributeCondition"] == "assertion.repository_owner_id == '5'")
    #expect(provider.spec["attributeMapping"]?.object?.count == 4)
  }

  @Test(arguments: [
    ("attributeCondition: 'true'", "`attributeCondition` and `github` cannot be used together"),
    ("oidc: {issuerUri: 'https://a.example'}", "`oidc` and `github` cannot be used together"),
  ])
  func aBlockIsNotMixed(_ field: String, _ message: String) {
    let text = Self.github.replacing("  pool: workflows", with: "  pool: workflows\n  \(field)")
    let result = Loading(Loading.stack + Self.pool + text).run()
    #expect(result.diagnostics.map(\.message) == [message])
  }

  @Test func idsAreNumbers() {
    let text = Self.github.replacing("ownerId: 5", with: "ownerId: \"5' || true || '\"")
    let result = Loading(Loading.stack + Self.pool + text).run()
    #expect(result.graph == nil)
  }

  @Test func attributesThatNobodyMapsAreWarnedAbout() throws {
    let text = Loading.stack + Self.pool + Self.github
    func warnings(_ member: String, _ text: String) -> [String] {
      Loading(text + Self.binding(member)).run().diagnostics.map(\.message)
    }
    #expect(
      warnings("pool:workflows/attribute.team/core", text) == [
        "no provider of the pool `workflows` maps `attribute.team`, so no identity matches this member"
      ])
    #expect(warnings("principalSet://\(Self.path)/attribute.team/core", text).count == 1)
    #expect(warnings("pool:workflows/attribute.repository_id/77", text) == [])
    // Without a provider in the set, nothing is known.
    #expect(warnings("pool:workflows/attribute.team/core", Loading.stack + Self.pool) == [])
  }
}
