import TestSupport
import Testing
import YAML

struct YAMLBudgetTests {
  @Test(arguments: ["[", "{a: ", "- ", "a:\n"])
  func deepNestingIsRefusedAtOnce(_ open: String) {
    let text =
      open == "a:\n"
      ? (0..<1000).map { String(repeating: " ", count: $0) + open }.joined()
      : String(repeating: open, count: 10_000)
    let file = YAMLFile(text + "\n---\nok: 1\n")
    #expect(file.diagnostics.map(\.code) == [.yamlDepth])
    #expect(file.documents.map(\.outline) == ["{ok: 1}"])
    // libyaml is quadratic in the depth, so it is stopped long before the end.
    #expect((1...200).contains(file.steps))
  }

  @Test func thirtyTwoLevelsAreRead() {
    let nested = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(YAMLFile(nested(32)).diagnostics.isEmpty)
    #expect(YAMLFile(nested(33)).faults == ["AR0106 1:33"])
  }

  @Test func aliasBombsAreRefused() {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let uses = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(uses)]\n"
    }
    let file = YAMLFile(text)
    #expect(file.diagnostics.map(\.code) == [.yamlAlias])
    #expect(file.documents.isEmpty)
    #expect((1...1000).contains(file.steps))
  }

  @Test func aliasesCountTowardsDepth() {
    let deep = String(repeating: "[", count: 20) + String(repeating: "]", count: 20)
    let text = "a: &a \(deep)\nb: " + String(repeating: "[", count: 15) + "*a"
    #expect(
      YAMLFile(text + String(repeating: "]", count: 15)).diagnostics.map(\.code) == [.yamlDepth])
  }

  @Test func largeFilesAreRefused() {
    let line = "# 0123456789abcdef\n"
    let full = String(repeating: line, count: (1 << 20) / line.utf8.count)
    #expect(YAMLFile(full).diagnostics.isEmpty)
    #expect(YAMLFile(full + line).faults == ["AR0102 1:1"])
  }

  @Test func faultsAreCapped() {
    let file = YAMLFile(String(repeating: "---\n[\n", count: 100_000))
    #expect(file.diagnostics.count == 100)
  }

  @Test func repairsAreCapped() {
    let file = YAMLFile("a: [" + Array(repeating: "${x}", count: 1000).joined(separator: ",") + "]")
    #expect(file.diagnostics.map(\.code) == Array(repeating: .unquotedVariable, count: 21))
  }

  @Test func manyKeysAreLinear() {
    expectLinear(from: 2000) { count in
      let file = YAMLFile((0..<count).map { "k\($0): \n" }.joined())
      #expect(file.diagnostics.isEmpty)
      return file.steps
    }
  }

  /// A text of any length can be repeated ten thousand times with a few bytes each. Each use is checked and may be
  /// quoted.
  @Test func aliasesOfALongTextAreRefused() {
    let uses = Array(repeating: "*a", count: 9000).joined(separator: ", ")
    let short = YAMLFile("a: &a \(String(repeating: "x", count: 400))\nb: [\(uses)]")
    #expect(short.diagnostics.isEmpty)
    let long = YAMLFile("a: &a \(String(repeating: "x", count: 100_000))\nb: [\(uses)]")
    #expect(long.diagnostics.map(\.code) == [.yamlAlias])
    #expect(
      long.diagnostics.first?.message
        == "the aliases of this document repeat more than 4 MiB of text")
  }

  /// The position of each would be searched on the whole line.
  @Test func tagsAreCapped() {
    let file = YAMLFile("a: [" + Array(repeating: "!x y", count: 5000).joined(separator: ",") + "]")
    #expect(file.diagnostics.map(\.code) == Array(repeating: .yamlFeature, count: 100))
  }
}
