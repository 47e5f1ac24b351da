import DesiredState
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

  // MARK: Grants that a condition excludes

  private static func provider(
    _ condition: String, name: String = "issuer", attribute: String = "ref"
  ) -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: WorkloadIdentityPoolProvider
    metadata: {name: \(name)}
    spec:
      pool: workflows
      oidc: {issuerUri: "https://ci.example.com"}
      attributeMapping: {google.subject: assertion.sub, attribute.\(attribute): assertion.\(attribute)}
      attributeCondition: "\(condition)"

    """
  }

  private func warnings(_ text: String) -> [String] {
    Loading(Loading.stack + Self.pool + text).run().diagnostics.map { diagnostic in
      let places = diagnostic.related.map { "\($0.position.line) \($0.label)" }
      return ([diagnostic.message] + places).joined(separator: "; ")
    }
  }

  @Test func aGrantThatTheConditionExcludesIsWarnedAbout() throws {
    let text = Self.provider("assertion.ref == 'refs/heads/main'")
    let line =
      (Loading.stack + Self.pool + text).split(separator: "\n", omittingEmptySubsequences: false)
      .firstIndex { $0.contains("attributeCondition") }
    let place = try #require(line) + 1
    let message =
      "the pool `workflows` accepts no token with this value of `attribute.ref`, so no identity matches this member"
    let expected = "\(message); \(place) `assertion.ref` must be `refs/heads/main`"
    #expect(
      warnings(text + Self.binding("pool:workflows/attribute.ref/refs/heads/dev")) == [expected])
    #expect(
      warnings(text + Self.binding("principalSet://\(Self.path)/attribute.ref/refs/heads/dev"))
        == [expected])
    #expect(warnings(text + Self.binding("pool:workflows/attribute.ref/refs/heads/main")) == [])
    #expect(warnings(text + Self.binding("pool:workflows/*")) == [])
    #expect(warnings(text + Self.binding("pool:workflows/group/refs/heads/dev")) == [])
    let subjects = Self.provider("google.subject in ['a', 'b/c']")
    #expect(warnings(subjects + Self.binding("pool:workflows/subject/b/c")) == [])
    #expect(warnings(subjects + Self.binding("pool:workflows/subject/c")).count == 1)
  }

  @Test func oneProviderThatMayAcceptIsEnough() {
    let text = Self.provider("assertion.ref == 'a'")
    let member = Self.binding("pool:workflows/attribute.ref/b")
    // Two providers cannot map one attribute; the other one's identities have no `ref`.
    #expect(
      warnings(text + Self.provider("assertion.x == 'b'", name: "other", attribute: "x") + member)
        .count
        == 1)
    #expect(warnings(Self.provider("assertion.ref.startsWith('a')") + member) == [])
    // Nothing is known of a provider that has no condition.
    #expect(warnings(Self.provider("") + member) == [])
  }

  @Test func aRepositoryThatTheBlockDoesNotListIsWarnedAbout() {
    let message = "no provider of the pool `workflows` names the repository of this member"
    for (rest, isListed) in [
      ("repository_id/99", false), ("repository_id/77", true),
      ("repository_ref/99@refs/heads/main", false), ("repository_ref/78@refs/heads/main", true),
      ("repository_environment/9#prod", false), ("repository_environment/77#prod", true),
    ] {
      let found = warnings(Self.github + Self.binding("pool:workflows/attribute.\(rest)"))
      #expect(found.count == (isListed ? 0 : 1), "\(rest)")
      #expect(found.allSatisfy { $0.hasPrefix("\(message); ") && $0.hasSuffix("other numbers") })
    }
  }

  @Test func aLongOrHostileConditionIsShownInPart() {
    let value = String(repeating: "v", count: 3000)
    let found = warnings(
      Self.provider("assertion.ref in ['\(value)', 'a', 'b', 'c', 'd']")
        + Self.binding("pool:workflows/attribute.ref/x"))
    #expect(found.count == 1)
    #expect(
      found.allSatisfy { $0.count < 400 && $0.hasSuffix("` or `a` or `b` or one of 2 others") })
  }

  // MARK: Other stacks

  private func graph(_ own: String, also other: String) -> LoadResult {
    var loading = Loading(Loading.stack + own)
    loading.files.append(
      (
        path: "/other/b.yaml",
        text: Loading.stack.replacing("name: test", with: "name: other") + other
      ))
    loading.options.also = ["/other"]
    return loading.run()
  }

  @Test(arguments: ["pool:workflows/group/core", "github:acme/lib"])
  func poolsOfOtherStacksDefineMembers(_ member: String) throws {
    let (pool, grants) = (Self.pool + Self.github, Self.binding(member))
    let text =
      member.hasPrefix("pool") ? "group/core" : "attribute.repository_id/77"
    for (own, other) in [(grants, pool), (pool, grants)] {
      let result = graph(own, also: other)
      #expect(result.diagnostics.map(\.message) == [])
      let graph = try #require(result.graph)
      let entries =
        graph.policies.values.flatMap(\.entries)
        + graph.others.graphs.flatMap { $0.policies.values.flatMap(\.entries) }
      #expect(entries.flatMap { $0.members.map(\.text) } == ["principalSet://\(Self.path)/\(text)"])
    }
  }

  @Test func aPoolOfAnotherStackIsReadAndNotWritten() throws {
    let graph = try #require(
      graph(Self.binding("github:acme/lib"), also: Self.pool + Self.github).graph)
    let provider = try #require(
      graph.resources.values.first { $0.address.kind.name == "workloadIdentityPoolProvider" })
    #expect(provider.origin == .external)
    let policy = try #require(graph.policies.values.first)
    #expect(policy.dependencies.contains(provider.address))
  }

  @Test func mistakesInOtherStacksAreReported() {
    #expect(
      graph(Self.pool, also: Self.binding("pool:absent/*")).diagnostics.map(\.code.rawValue)
        == ["AR0141"])
    let absent = Self.pool.replacing("}\n", with: "}\nlifecycle: {ensure: absent}\n")
    #expect(
      graph(Self.binding("pool:workflows/*"), also: absent).diagnostics.contains {
        $0.message.contains("`ensure: absent`")
      })
    // Two stacks that mean two pools by one shorthand.
    let second =
      Self.pool.replacing("workflows", with: "second")
      + Self.github.replacing("pool: workflows", with: "pool: second")
    #expect(
      graph(Self.pool + Self.github + Self.binding("github:acme/lib"), also: second).diagnostics
        .map(\.code.rawValue) == ["AR0142"])
  }

  /// A provider of another stack may map what no own one maps.
  @Test func noWarningWhereAnotherStackHasAProvider() {
    let grant = Self.binding("pool:workflows/attribute.ref/x")
    let other = Self.provider("assertion.team == 'x'", attribute: "team")
    func warnings(_ own: String, also others: String) -> [String] {
      graph(own, also: others).diagnostics.map(\.message)
    }
    #expect(
      warnings(Self.pool + other + grant, also: Self.binding("user:a@example.com")).count == 1)
    #expect(
      warnings(
        Self.pool + other + grant, also: Self.provider("assertion.ref == 'y'", name: "second"))
        == [])
    #expect(warnings(other + grant, also: Self.pool) == [])
  }
}
