import Foundation
import Testing

/// Runs the binary on each manifest of `Tests/Fixtures/broken`: exit 3, and every error at its place.
@Suite struct BrokenManifestTests {
  static let names: [String] = {
    let folder = Story.repository.appending(path: "Tests/Fixtures/broken")
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  @Test func thereAreAtLeastForty() {
    #expect(Self.names.count >= 40)
  }

  @Test(arguments: names) func isRefusedAtItsPlace(_ name: String) async throws {
    let file = Story.repository.appending(path: "Tests/Fixtures/broken/\(name)")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let expected = text.matches(of: /# expect: (AR\d+) (\d+:\d+)/)
    try #require(!expected.isEmpty)
    var script = """
      repository Tests/Fixtures/broken/\(name) broken.yaml
      exit 3 arctl validate broken.yaml
      stdout == ''

      """
    for error in expected {
      script += "stderr ~ 'error\\[\(error.1)\\]: .*\\n *--> broken.yaml:\(error.2)\\b'\n"
    }
    script += "stderr '\(expected.count) error'\n"
    await runStory(Story(name: "broken/\(name)", text: script))
  }
}
