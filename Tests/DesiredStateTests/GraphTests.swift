import DesiredState
import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@Suite struct GraphTests {
  static let project = "my-project-id"

  @Test func theFirstTutorialBecomesAGraph() throws {
    let graph = try Loading.graph(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Project
        metadata: {name: my-project-id}
        spec: {services: [artifactregistry.googleapis.com, iam.googleapis.com]}
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: my-python-libraries, note: ask the platform team}
        spec: {format: python, description: Repositorio PyPI para paquetes Python}
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccount
        metadata: {name: uploader}
        spec: {displayName: PyPI uploader}
        ---
        apiVersion: arctl.dev/v1
        kind: IAMBinding
        metadata: {name: uploader-writes}
        spec: {resource: project, role: roles/artifactregistry.writer, members: ["serviceAccount:uploader"]}
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccountKey
        metadata: {name: uploader-key}
        spec: {serviceAccount: uploader, destination: {file: uploader-key.json}}
        """)
    let project = Address(project: Self.project, .project)
    let artifacts = Address(project: Self.project, .service, "artifactregistry.googleapis.com")
    let iam = Address(project: Self.project, .service, "iam.googleapis.com")
    let repository = Address(
      project: Self.project, .repository, "us-east4", "my-python-libraries")
    let account = Address(project: Self.project, .serviceAccount, "uploader")
    #expect(Set(graph.resources.keys) == [project, artifacts, iam, repository, account])
    #expect(
      graph.resources[repository]?.spec
        == ["format": "PYTHON", "description": "Repositorio PyPI para paquetes Python"])
    #expect(graph.resources[repository]?.dependencies == [project, artifacts])
    #expect(graph.resources[repository]?.note == "ask the platform team")
    #expect(graph.resources[project]?.lifecycle.create == false)
    #expect(graph.resources[project]?.spec.isEmpty == true)
    #expect(graph.resources[artifacts]?.dependencies == [project])
    #expect(graph.resources[account]?.dependencies == [project, iam])

    let policy = try #require(graph.policies[project.policy])
    #expect(policy.entries.map(\.role) == ["roles/artifactregistry.writer"])
    #expect(
      policy.entries[0].members.map(\.text)
        == ["serviceAccount:uploader@my-project-id.iam.gserviceaccount.com"])
    #expect(policy.dependencies == [project, account])

    let key = try #require(
      graph.keys[Address(project: Self.project, .serviceAccountKey, "uploader", "uploader-key")])
    #expect(key.account == account)
    #expect(key.dependencies == [account, project, iam])
    #expect(key.email == "uploader@my-project-id.iam.gserviceaccount.com")
    #expect(key.expires == Int64(7_776_000))
    #expect(key.rotateAfter == Int64(5_184_000))
    #expect(key.overlap == 86_400)
    // printf 'arctl-key-v1\0test\0uploader-key\0uploader@my-project-id.iam.gserviceaccount.com' | sha256sum
    #expect(key.commonName == "arctl-8a6b269081cd4367ca0daeb5078799bb")
    #expect(graph.fileCount == 1)
    #expect(graph.stack.name == "test")
  }

  @Test func theScopeKnowsItsPlacesAndTheDefaultLocation() throws {
    let graph = try Loading.graph(
      Loading.stack + "  scope: {kinds: {role: authoritative,\n    repository: authoritative}}\n"
        + "---\napiVersion: arctl.dev/v1\nkind: Project\nmetadata: {name: my-project-id}\n")
    #expect(graph.stack.scope.positions[.role]?.line == 6)
    #expect(graph.stack.scope.positions[.repository]?.line == 7)
    #expect(graph.stack.defaultLocation == "us-east4")
  }

  @Test func aKeyKnowsTheFilesOfItsAccountsOtherKeys() throws {
    func key(_ name: String, _ account: String) -> String {
      """
      ---
      apiVersion: arctl.dev/v1
      kind: ServiceAccountKey
      metadata: {name: \(name)}
      spec: {serviceAccount: \(account), destination: {file: \(name).json}}

      """
    }
    let graph = try Loading.graph(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccount
        metadata: {name: uploader}
        spec: {displayName: one}
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccount
        metadata: {name: reader}
        spec: {displayName: two}

        """ + key("c", "uploader") + key("a", "uploader") + key("b", "uploader")
        + key("x", "reader"))
    let neighbours = Dictionary(
      uniqueKeysWithValues: graph.keys.values.map { ($0.file, $0.neighbours) })
    #expect(
      neighbours == [
        "a.json": ["b.json", "c.json"], "b.json": ["a.json", "c.json"],
        "c.json": ["a.json", "b.json"], "x.json": [],
      ])
  }

  @Test func theOrderOfDocumentsDoesNotMatter() throws {
    let documents = PropertyTests.soundDocuments
    let first = try Loading.graph(Loading.stack + documents.joined())
    let second = try Loading.graph(documents.reversed().joined() + "---\n" + Loading.stack)
    #expect(Set(first.resources.keys) == Set(second.resources.keys))
    for (address, resource) in first.resources {
      #expect(second.resources[address]?.spec == resource.spec)
      #expect(second.resources[address]?.dependencies == resource.dependencies)
    }
    #expect(Set(first.policies.keys) == Set(second.policies.keys))
    for (address, policy) in first.policies {
      let other = try #require(second.policies[address])
      #expect(other.dependencies == policy.dependencies)
      #expect(other.entries.map(\.role) == policy.entries.map(\.role))
      #expect(
        other.entries.map { $0.members.map(\.text) }
          == policy.entries.map { $0.members.map(\.text) })
    }
    #expect(first.keys.keys.sorted() == second.keys.keys.sorted())
  }

  @Test func defaultLabelsGoToRepositoriesAndMergeByKey() throws {
    let graph = try Loading.graph(
      """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: test}
      spec:
        defaults: {project: my-project-id, location: us, labels: {team: platform, tier: gold, cost: "42"}}
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: one}
      spec: {format: npm, labels: {team: web, tier: null}}
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: bare}
      spec: {format: npm, labels: null}
      ---
      apiVersion: arctl.dev/v1
      kind: Project
      metadata: {name: my-project-id}
      """)
    let one = graph.resources[Address(project: Self.project, .repository, "us", "one")]
    #expect(one?.spec["labels"] == ["team": "web", "tier": .null, "cost": "42"])
    let bare = graph.resources[Address(project: Self.project, .repository, "us", "bare")]
    #expect(bare?.spec["labels"] == JSONValue.null)
    let project = graph.resources[Address(project: Self.project, .project)]
    #expect(project?.spec["labels"] == nil)
  }

  @Test func virtualUpstreamsAreEdgesWithFullNames() throws {
    let result = Loading(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: all}
        spec:
          format: python
          mode: virtual
          virtualRepositoryConfig:
            upstreamPolicies:
              - {id: own, repository: own, priority: 10}
              - {id: mirror, repository: repository/mirror, priority: 10}
              - {id: other, repository: projects/other-project/locations/us-east4/repositories/far}
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: own}
        spec: {format: python}
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: mirror}
        spec:
          format: python
          mode: remote
          remoteRepositoryConfig: {pythonRepository: {publicRepository: pypi}}
        """
    ).run()
    let graph = try #require(result.graph, "\(Unsound(diagnostics: result.diagnostics))")
    let all = try #require(
      graph.resources[Address(project: Self.project, .repository, "us-east4", "all")])
    let far = Address(project: "other-project", .repository, "us-east4", "far")
    #expect(
      all.dependencies == [
        Address(project: Self.project, .repository, "us-east4", "own"),
        Address(project: Self.project, .repository, "us-east4", "mirror"), far,
      ])
    #expect(graph.resources[far]?.origin == .external)
    let policies = all.spec["virtualRepositoryConfig"]?["upstreamPolicies"]?.array
    #expect(
      policies?.first?["repository"]
        == "projects/my-project-id/locations/us-east4/repositories/own")
    #expect(policies?.first?["priority"] == 10)
    let lint = result.diagnostics.filter { $0.code == .lint }
    #expect(lint.map { Found($0) } == [Found("AR0151", 16, 63)], "\(Unsound(diagnostics: lint))")
  }

  @Test func aVirtualUpstreamIsWarnedOf() throws {
    func virtual(_ name: String, _ upstream: String) -> String {
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: \(name)}
      spec:
        format: npm
        mode: virtual
        virtualRepositoryConfig: {upstreamPolicies: [{id: up, repository: \(upstream), priority: 1}]}

      """
    }
    let own =
      "---\napiVersion: arctl.dev/v1\nkind: Repository\nmetadata: {name: own}\nspec: {format: npm}\n"
    let found = Loading(Loading.stack + own + virtual("inner", "own") + virtual("outer", "inner"))
      .run().diagnostics
    #expect(found.map(\.message) == ["the upstream `inner` is itself virtual"])
    #expect(found.map { Found($0) } == [Found("AR0151", 26, 69)])
  }

  @Test func absentNeedsOnlyIdentity() throws {
    let graph = try Loading.graph(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: old}
        lifecycle: {ensure: absent}
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccountKey
        metadata: {name: old-key}
        lifecycle: {ensure: absent}
        spec: {serviceAccount: robot-account}
        ---
        apiVersion: arctl.dev/v1
        kind: ServiceAccount
        metadata: {name: robot-account}
        lifecycle: {ensure: absent, protect: true}
        """)
    let old = graph.resources[Address(project: Self.project, .repository, "us-east4", "old")]
    #expect(old?.lifecycle.ensure == .absent)
    let account = graph.resources[Address(project: Self.project, .serviceAccount, "robot-account")]
    #expect(account?.lifecycle.protect == true)
    #expect(graph.keys.values.first?.lifecycle.ensure == .absent)
  }
}
