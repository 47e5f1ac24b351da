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
    let (file, time) = withThreadTime { YAMLFile(text + "\n---\nok: 1\n") }
    #expect(file.diagnostics.map(\.code) == [.yamlDepth])
    #expect(file.documents.map(\.outline) == ["{ok: 1}"])
    #expect(time < .milliseconds(500))
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
    let (file, time) = withThreadTime { YAMLFile(text) }
    #expect(file.diagnostics.map(\.code) == [.yamlAlias])
    #expect(file.documents.isEmpty)
    #expect(time < .milliseconds(500))
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
    let text = (0..<50_000).map { "k\($0): \n" }.joined()
    let (file, time) = withThreadTime { YAMLFile(text) }
    #expect(file.diagnostics.isEmpty)
    #expect(time < .seconds(10))
  }
}
