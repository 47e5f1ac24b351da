import DesiredState
import JSON
import Kinds
import Manifests
import TestSupport
import Testing

@testable import Commands

/// Texts that mean something in YAML, in variables or to a terminal: the written manifests mean what the state says.
@Suite struct MigrateTextsTests {
  private static let parts = [
    "${x}", "$${x}", "a\nb: c", "# no comment", "key: value", "\u{202E}bidi\u{2066}", "\"quoted\"",
    "'",
    "- x", "{a: [b]}", "\t", " led by a space", "ends in one ", "e\u{0301}", "null", "true", "0x10",
    "*a",
    "!tag", "|", "%", "\\n", "---", "日本語", "1e3", "~", "@", "`", "? x", "a #b", "\u{200B}",
  ]

  @Test(arguments: 0..<12)
  func manifestsMeanWhatTheStateSays(_ number: Int) async throws {
    let seed = UInt64(number) &* 6_151 &+ 17
    var random = SeededRandom(state: seed)
    var texts: [String: String] = [:]
    var resources: [JSONValue] = []
    for index in 0..<6 {
      let id = "repo-\(index)"
      let text = random.some(Self.parts, 15).joined(separator: random.pick(["", " ", "\n"]))
      texts[id] = text
      resources.append([
        "mode": "managed", "type": "google_artifact_registry_repository",
        "name": .string(random.pick(Self.parts)),
        "provider": "provider[\"registry.terraform.io/hashicorp/google\"]",
        "instances": [
          [
            "index_key": .string(random.pick(Self.parts)),
            "attributes": [
              "project": "my-project-id", "location": "us-east4", "repository_id": .string(id),
              "format": "NPM", "description": .string(text), "unknown_new": .string(text),
            ],
          ]
        ],
      ])
    }
    let state: JSONValue = [
      "version": 4, "terraform_version": "1.9.8", "resources": .array(resources),
    ]
    let context = TestContext()
    try context.write("in/x.tfstate", state.text())
    let outcome = await context.run("migrate", "terraform", "in/x.tfstate", "--out", "out")
    #expect([.incomplete, .success].contains(outcome), "seed \(seed): \(context.console.errors)")
    #expect(
      context.console.errors.unicodeScalars.allSatisfy { $0 == "\n" || !$0.isHidden },
      "seed \(seed)")
    let loaded = loadManifests(
      LoadOptions(paths: ["out"]), kinds: Kinds.catalog, fileSystem: context.files, now: 0)
    let graph = try #require(loaded.graph, "seed \(seed): \(loaded.diagnostics)")
    #expect(graph.resources.count == texts.count, "seed \(seed)")
    for (address, resource) in graph.resources {
      let written = resource.spec["description"]?.string ?? ""
      #expect(written == texts[address.id], "seed \(seed) \(address)")
    }
  }
}
