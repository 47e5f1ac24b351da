import Diagnostics
import Model
import TestSupport
import Testing

@testable import Manifests

@Suite struct ManifestFilesTests {
  static let account = """
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: %}
    spec: {project: my-project-id}

    """

  private func account(_ name: String) -> String { Self.account.replacing("%", with: name) }

  @Test func foldersAreReadDeeplyAndOnlyTheirYAML() {
    var loading = Loading(account("robot-one"))
    loading.files += [
      ("/manifests/deep/er/b.yml", account("robot-two")), ("/manifests/c.txt", "no: yaml"),
      ("/manifests/.git/d.yaml", "a: hidden folder"),
    ]
    let graph = loading.run().graph
    #expect(graph?.resources.count == 2)
    #expect(graph?.fileCount == 2)
  }

  /// Several threads read, in any order; what they find comes in the order of the files.
  @Test func theOutputDoesNotDependOnWhichFileIsReadFirst() {
    var loading = Loading(account("robot-one"))
    for number in 10..<50 {
      let text: String =
        switch number % 4 {
        // Some are long, so that threads do not keep in step.
        case 0: account("robot-\(number)") + String(repeating: "# padding\n", count: number * 100)
        case 1: account("Robot-\(number)")
        case 2:
          account("robot-\(number)") + "token: ghp_\(String(repeating: "\(number)", count: 18))\n"
        default: "kind: [\n"
        }
      loading.files.append(("/manifests/f\(number).yaml", text))
    }
    let first = loading.run()
    let places = first.diagnostics.compactMap(\.position)
    #expect(Set(places.map(\.file)).count == 30)
    #expect(places == places.sorted())
    #expect(!"\(first.diagnostics)".contains("ghp_"))
    for _ in 0..<5 { #expect(loading.run().diagnostics == first.diagnostics) }
  }

  @Test func aFileGivenTwiceIsReadOnce() {
    var loading = Loading(account("robot-one"))
    loading.options.paths = ["/manifests", "/manifests/a.yaml", "//manifests/./a.yaml"]
    #expect(loading.run().graph?.fileCount == 1)
  }

  @Test func aPathThatMatchesNothingIsAnError() {
    var loading = Loading(account("robot-one"))
    loading.options.paths = ["/manifests", "/manifest"]
    let result = loading.run()
    #expect(result.graph == nil)
    #expect(result.diagnostics.map(\.code) == [.noManifests])
    loading.options.paths = ["/empty"]
    loading.files.append(("/empty/readme.txt", ""))
    #expect(loading.run().diagnostics.map(\.code) == [.noManifests])
  }

  @Test func anEmptyFileIsAnEmptySet() {
    #expect(Loading("# nothing yet\n").run().diagnostics.map(\.code) == [.noManifests])
  }

  @Test func largeFilesAreRefusedAtOnce() {
    let result = Loading(String(repeating: "# padding\n", count: 120_000)).run()
    #expect(result.diagnostics.map(\.code) == [.fileTooLarge])
  }

  @Test func namesOutsideOfProjectsAreRefused() {
    var loading = Loading(account("robot-one"))
    loading.options.projects = AddressGlob("other-*")
    #expect(loading.run().diagnostics.map(\.code) == [.outsideProjects])
    loading.options.projects = AddressGlob("my-*")
    #expect(loading.run().graph != nil)
  }

  @Test func flagsOverrideDefaults() {
    var loading = Loading(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: packages}
        spec: {format: npm}
        """)
    loading.options.project = "other-project"
    loading.options.location = "europe"
    #expect(
      loading.run().graph?.resources.keys.first
        == Address(project: "other-project", .repository, "europe", "packages"))
  }

  /// A folder that is only named on the way to a file does not hold it.
  @Test(arguments: [
    (".", "manifests", true), ("manifests", "manifests", true), ("manifests", "manifests/a", true),
    ("./manifests/", "manifests", true), ("a/..", "manifests", true), ("/", "/manifests", true),
    (".", "../set", false), (".", "/set", false), ("a", "a/../b", false), ("a", "ab", false),
    ("a", "a/../../a", false), ("..", "../set", true), ("/a", "/a/../b", false),
  ])
  func aFolderHoldsWhatIsBelowIt(_ folder: String, _ other: String, _ holds: Bool) {
    #expect(StackReader.holds(folder, other) == holds)
  }

  @Test func authorityNeedsTheWholeSet() {
    let text =
      Loading.stack + "  scope: {kinds: {repository: authoritative}}\n" + "---\n"
      + account("robot-one")
    var loading = Loading(text)
    #expect(loading.run().graph?.stack.scope.kinds[.repository] == .authoritative)
    loading.options.paths = ["/manifests/a.yaml"]
    let result = loading.run()
    #expect(result.graph?.stack.scope.kinds[.repository] == .report)
    #expect(result.diagnostics.map(\.severity) == [.warning])
  }

  @Test func anUnknownLocationIsOneWarning() {
    let repository = { (name: String) in
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: \(name)}
      spec: {format: npm, location: us-east44}

      """
    }
    let result = Loading(Loading.stack + repository("one") + repository("two")).run()
    #expect(result.graph?.resources.count == 2)
    #expect(result.diagnostics.map(\.code) == [.unknownLocation])
    #expect(result.diagnostics.first?.severity == .warning)
  }

  @Test func sourceLinesAreThoseOfTheFile() {
    let result = Loading(account("robot-one")).run()
    #expect(result.sourceLine("/manifests/a.yaml", 2) == "kind: ServiceAccount")
    #expect(result.sourceLine("/manifests/none.yaml", 2) == nil)
  }
}
