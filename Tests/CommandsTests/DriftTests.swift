import CommandLine
import Diagnostics
import Kinds
import Manifests
import Model
import Rendering
import TestSupport
import Testing

@testable import Commands

@Suite struct DriftTests {
  @Test(arguments: [
    (["--fail-on", "publik"], "did you mean `public`?"),
    (["--fail-on", "changed,"], "expected some of public, privileged, changed, missing"),
    (["--accept", "p/iam/project"], "`--write-baseline FILE` writes, and that option is missing"),
    (
      ["--write-baseline", "b", "--accept", "p/iam/**"], "expected one address, not a glob"
    ),
    (["--write-baseline", "b", "--accept", "project"], "expected a whole address"),
    (["--write-baseline", "b", "--accept", "p/iam/project rolle=x"], "expected role="),
    (["--look-in", "here"], "expected all or declared"),
    (["--allow-delete", "p/role/x"], "unknown option `--allow-delete`"),
    (["--out", "plan.json"], "unknown option `--out`"),
  ])
  func mistakes(arguments: [String], message: String) async {
    let context = TestContext()
    #expect(await context.run(["drift"] + arguments) == .usage)
    #expect(context.console.errors.contains(message), "\(context.console.errors)")
    #expect(context.transport.requests.isEmpty)
  }

  /// What approves or selects where to look has no environment form.
  @Test func optionsThatAcceptHaveNoEnvironmentForm() {
    let own = ["fail-on", "baseline", "write-baseline", "accept", "look-in"]
    for name in own {
      let option = CommandTable.drift.options.first { $0.name == name }
      #expect(option?.environment == Option.EnvironmentForm.none, "\(name)")
    }
  }

  @Test(arguments: [nil, "kind: Baseline\n", "- a\n"])
  func aBaselineThatCannotBeReadEndsTheRunBeforeAnyRequest(_ text: String?) async throws {
    let context = TestContext()
    if let text { try context.write("baseline.yaml", text) }
    #expect(await context.run("drift", "--baseline", "baseline.yaml") == .invalid)
    #expect(context.transport.requests.isEmpty)
    #expect(context.console.errors.contains("baseline.yaml"))
  }

  /// What is written reads back as the same things, whatever texts are in it.
  @Test func aWrittenBaselineReadsBack() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(state: seed)
    let pieces = [
      "a", "é", "\"", "\\", ": ", "#", "\n", "\t", "${x}", "'", "- ", "{", "0x1", "\u{202E}",
    ]
    func text() -> String {
      "x"
        + (0..<Int.random(in: 0...6, using: &random)).map { _ in
          pieces.randomElement(using: &random) ?? ""
        }.joined()
    }
    let policy = PlanFixture.address(.repository, "us", "libs").policy
    for _ in 0..<200 {
      let condition =
        Bool.random(using: &random)
        ? PolicyCondition(
          title: text(), description: Bool.random(using: &random) ? text() : "",
          expression: text()) : nil
      let entries = [
        Baseline.Entry(
          Baseline.Thing(PlanFixture.address(.serviceAccount, "stray")), reason: text(),
          expires: "2099-01-01", end: 4_070_908_800),
        Baseline.Entry(
          Baseline.Thing(
            policy,
            Grant(
              role: "roles/viewer", condition: condition,
              member: PolicyMember.normalized("principal://x/\(text())"))), reason: text(),
          expires: "2099-01-01T00:00:00Z", end: 4_070_908_800),
      ]
      let written = BaselineText.render(Baseline(entries))
      let result = BaselineReader.read(
        Array(written.utf8), file: "b.yaml", kinds: Kinds.catalog)
      let read = try #require(result.baseline, "seed \(seed): \(result.diagnostics)\n\(written)")
      #expect(Set(read.entries.map(\.thing)) == Set(entries.map(\.thing)), "seed \(seed)")
      #expect(Set(read.entries.map(\.reason)) == Set(entries.map(\.reason)), "seed \(seed)")
      #expect(read.entries.allSatisfy { $0.end == 4_070_908_800 })
    }
    #expect(BaselineText.render(Baseline()).hasSuffix("entries: []\n"))
  }
}
