import Diagnostics
import Testing

struct TextTests {
  @Test(
    arguments: [
      ("cleanupPolicy", "cleanupPolicies"), ("Labels", "labels"), ("lables", "labels"),
      ("descripton", "description"), ("kmsKey", "kmsKeyName"), ("zzz", nil), ("", nil), ("x", nil),
      ("fromat", "format"),
    ] as [(String, String?)])
  func closest(_ word: String, _ expected: String?) {
    let fields = ["format", "labels", "description", "cleanupPolicies", "kmsKeyName", "id"]
    #expect(closestMatch(to: word, in: fields) == expected)
  }

  @Test func closestPrefersCaseThenDistanceThenOrder() {
    #expect(closestMatch(to: "NAME", in: ["names", "name"]) == "name")
    #expect(closestMatch(to: "prefixed", in: ["prefix", "prefixes"]) == "prefixes")
    #expect(closestMatch(to: "tast", in: ["test", "task"]) == "test")
  }

  @Test(arguments: [
    ("plain ~", "plain ~"), ("a\tb\nc\r", "a\\tb\\nc\\r"), ("\u{1B}[2J", "\\u{1B}[2J"),
    ("\u{202E}\u{2066}", "\\u{202E}\\u{2066}"), ("a\u{200B}\u{FEFF}", "a\\u{200B}\\u{FEFF}"),
    ("\u{9B}31m", "\\u{9B}31m"), ("\u{E0041}", "\\u{E0041}"), ("\u{2028}", "\\u{2028}"),
    ("ñ 日本 🎉", "ñ 日本 🎉"), ("\u{3164}", "\\u{3164}"),
  ])
  func escapes(_ text: String, _ expected: String) {
    #expect(escapedForTerminal(text) == expected)
  }

  @Test(arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("🎉", 2), ("", 0), ("ｱ", 1), ("Ａ", 2)])
  func widths(_ text: String, _ expected: Int) {
    #expect(displayWidth(text) == expected)
  }

  @Test func cuttingAndFilling() {
    #expect(truncated("abcdef", toWidth: 6) == "abcdef")
    #expect(truncated("abcdef", toWidth: 5) == "abcd…")
    #expect(truncated("日本語", toWidth: 4) == "日…")
    #expect(truncated("ab", toWidth: 0) == "")
    #expect(padded("日", toWidth: 4) == "日  ")
  }

  @Test func linesOfAFile() {
    let lines = SourceLines(Array("\u{FEFF}a\r\nb\rc\n".utf8))
    #expect((0...5).map { lines[$0] } == [nil, "a", "b", "c", "", nil])
  }
}
