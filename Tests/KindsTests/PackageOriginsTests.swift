import Diagnostics
import Model
import TestSupport
import Testing

@testable import Kinds

/// The warning about own packages and a public registry in one virtual repository.
@Suite struct PackageOriginsTests {
  private static func repository(_ name: String, _ spec: String) -> String {
    "---\napiVersion: arctl.dev/v1\nkind: Repository\nmetadata: {name: \(name)}\nspec: \(spec)\n"
  }

  private static func remote(_ name: String, _ config: String, _ format: String = "python")
    -> String
  {
    repository(
      name, "{format: \(format), mode: remote, remoteRepositoryConfig: {\(config)}}")
  }

  private static func virtual(
    _ name: String, _ upstreams: [String], _ format: String = "python"
  ) -> String {
    let policies = upstreams.enumerated().map {
      "        - {id: u\($0.offset), repository: \($0.element), priority: \(100 - $0.offset)}\n"
    }
    return
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: \(name)}
      spec:
        format: \(format)
        mode: virtual
        virtualRepositoryConfig:
          upstreamPolicies:

      """ + policies.joined()
  }

  private static let own = repository("own", "{format: python}")
  private static let pypi = remote("pypi", "pythonRepository: {publicRepository: pypi}")

  private func warnings(_ documents: String...) throws -> [Diagnostic] {
    let result = Loading(Loading.stack + documents.joined()).run()
    let errors = result.diagnostics.filter { $0.severity == .error }
    #expect(errors.isEmpty, "\(Unsound(diagnostics: errors))")
    return result.diagnostics.filter { $0.code == .dependencyConfusion }
  }

  @Test func ownPackagesWithAPublicMirror() throws {
    let found = try warnings(Self.own, Self.pypi, Self.virtual("all", ["own", "pypi"]))
    #expect(
      found.map(\.message) == [
        "`all` offers the packages of `own` and, through `pypi`, all of PyPI"
      ])
    let warning = try #require(found.first)
    #expect(warning.severity == .warning)
    // The references to the mirror and to the own packages.
    #expect(warning.position?.line == 26)
    #expect(warning.related.map(\.position.line) == [25])
    #expect(warning.help.contains { $0.contains("docs/dependency-confusion.md") })
  }

  /// The priority of the mirror changes nothing about it.
  @Test func theOrderDoesNotMatter() throws {
    let found = try warnings(Self.own, Self.pypi, Self.virtual("all", ["pypi", "own"]))
    #expect(found.count == 1)
  }

  @Test(arguments: [
    ("npm", "npmRepository: {publicRepository: npmjs}", "npmjs"),
    ("maven", "mavenRepository: {publicRepository: maven_central}", "Maven Central"),
    ("python", "pythonRepository: {publicRepository: pypi}", "PyPI"),
    ("python", "commonRepository: {uri: https://pypi.org}", "PyPI"),
    ("python", "pythonRepository: {customRepository: {uri: \"https://PyPI.org/simple\"}}", "PyPI"),
    ("maven", "commonRepository: {uri: https://repo1.maven.org/maven2}", "Maven Central"),
    ("ruby", "commonRepository: {uri: https://rubygems.org}", "RubyGems"),
  ])
  func publicRegistries(format: String, config: String, name: String) throws {
    let found = try warnings(
      Self.repository("own", "{format: \(format)}"), Self.remote("mirror", config, format),
      Self.virtual("all", ["own", "mirror"], format))
    #expect(found.count == 1)
    #expect(found.first?.message.hasSuffix("all of \(name)") == true)
  }

  @Test(arguments: [
    // A registry of our own.
    ("python", "pythonRepository: {customRepository: {uri: \"https://pypi.acme.example/simple\"}}"),
    ("python", "commonRepository: {uri: https://pypi.org.acme.example}"),
    ("npm", "commonRepository: {uri: https://npm.acme.example}"),
    // Clients name the tag.
    ("docker", "dockerRepository: {publicRepository: docker_hub}"),
    // Not everyone can publish there.
    (
      "apt",
      "aptRepository: {publicRepository: {repositoryBase: debian, repositoryPath: debian/dists/bookworm}}"
    ),
    ("go", "commonRepository: {uri: https://proxy.golang.org}"),
  ])
  func otherUpstreams(format: String, config: String) throws {
    let found = try warnings(
      Self.repository("own", "{format: \(format)}"), Self.remote("mirror", config, format),
      Self.virtual("all", ["own", "mirror"], format))
    #expect(found.isEmpty)
  }

  @Test func oneOfTheTwoAloneIsNoReason() throws {
    #expect(try warnings(Self.own, Self.virtual("all", ["own"])).isEmpty)
    #expect(try warnings(Self.pypi, Self.virtual("all", ["pypi"])).isEmpty)
    let other = Self.remote("other", "commonRepository: {uri: https://pypi.org}")
    #expect(try warnings(Self.pypi, other, Self.virtual("all", ["pypi", "other"])).isEmpty)
    let second = Self.repository("second", "{format: python}")
    #expect(try warnings(Self.own, second, Self.virtual("all", ["own", "second"])).isEmpty)
  }

  @Test func nestedVirtualRepositories() throws {
    let nested = Self.virtual("inner", ["own"])
    let found = try warnings(
      Self.own, Self.pypi, nested, Self.virtual("all", ["inner", "pypi"]))
    #expect(
      found.map(\.message) == [
        "`all` offers the packages of `own` and, through `pypi`, all of PyPI"
      ])
    let mirrors = Self.virtual("mirrors", ["pypi"])
    #expect(
      try warnings(Self.own, Self.pypi, mirrors, Self.virtual("all", ["own", "mirrors"])).count
        == 1)
  }

  /// The inner repository has the warning; the outer one would repeat it.
  @Test func anUpstreamWithBothIsReportedOnce() throws {
    let found = try warnings(
      Self.own, Self.pypi, Self.virtual("inner", ["own", "pypi"]), Self.virtual("all", ["inner"]))
    #expect(found.count == 1)
    #expect(found.first?.message.hasPrefix("`inner` offers") == true)
  }

  /// Own packages of the outer one meet the mirror of the inner one.
  @Test func anUpstreamWithBothDoesNotHideTheOthers() throws {
    let second = Self.repository("second", "{format: python}")
    let found = try warnings(
      Self.own, second, Self.pypi, Self.virtual("inner", ["own", "pypi"]),
      Self.virtual("all", ["inner", "second"]))
    #expect(
      Set(found.map(\.message)) == [
        "`inner` offers the packages of `own` and, through `pypi`, all of PyPI",
        "`all` offers the packages of `second` and, through `pypi`, all of PyPI",
      ])
  }

  @Test(arguments: [
    "projects/my-project-id/locations/us-east4/repositories/own",
    "https://us-east4-python.pkg.dev/my-project-id/own",
    "https://us-east4-python.pkg.dev/my-project-id/own/simple/",
  ])
  func aRemoteThatLeadsToOwnPackages(uri: String) throws {
    let remote = Self.remote("copy", "commonRepository: {uri: \"\(uri)\"}")
    let found = try warnings(
      Self.own, remote, Self.pypi, Self.virtual("all", ["copy", "pypi"]))
    #expect(found.count == 1)
    #expect(found.first?.message.contains("the packages of `own`") == true)
  }

  /// What it holds is not known.
  @Test func anUndeclaredUpstream() throws {
    let name = "projects/other-project/locations/us-east4/repositories/unknown"
    #expect(try warnings(Self.own, Self.virtual("all", ["own", name])).isEmpty)
    #expect(try warnings(Self.pypi, Self.virtual("all", ["pypi", name])).isEmpty)
    #expect(
      try warnings(Self.own, Self.pypi, Self.virtual("all", ["own", name, "pypi"])).count == 1)
  }

  /// The full name of a declared repository is the same reference.
  @Test func aDeclaredUpstreamByItsFullName() throws {
    let name = "projects/my-project-id/locations/us-east4/repositories/own"
    #expect(try warnings(Self.own, Self.pypi, Self.virtual("all", [name, "pypi"])).count == 1)
  }

  @Test func absentRepositoriesOfferNothing() throws {
    let gone = Self.virtual("all", ["own", "pypi"]) + "lifecycle: {ensure: absent}\n"
    #expect(try warnings(Self.own, Self.pypi, gone).isEmpty)
  }

  @Test func aCycleEnds() {
    let result = Loading(
      Loading.stack + Self.own + Self.pypi + Self.virtual("a", ["b", "own"])
        + Self.virtual("b", ["a", "pypi"])
    ).run()
    #expect(result.diagnostics.contains { $0.code == .referenceCycle })
  }
}
