import Foundation
import Testing

/// `manifests/` and every folder of `examples/` can be applied with only `--sandbox`, and the next plan is empty.
@Suite struct ExampleTests {
  static let folders: [String] = {
    let folder = Story.repository.appending(path: "examples")
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    let examples = (names ?? []).filter { !$0.contains(".") }.sorted()
    return ["manifests"] + examples.map { "examples/\($0)" }
  }()

  @Test func allExamplesAreFound() {
    #expect(Self.folders.count >= 7)
  }

  @Test(arguments: folders) func appliesAndThenPlansNothing(_ folder: String) async {
    await runStory(
      Story(
        name: folder,
        text: """
          repository \(folder) manifests
          arctl validate
          exit 2 arctl plan --sandbox --detailed-exitcode
          arctl apply --sandbox --auto-approve
          stdout 'Verified. No changes.'
          arctl plan --sandbox --detailed-exitcode
          stdout 'No changes.'
          save stdout first
          arctl plan --sandbox --detailed-exitcode
          cmp stdout first
          """))
  }
}
