import Diagnostics
import Testing

@Suite struct ShellQuotingTests {
  @Test(arguments: [
    ("plain/path-1.json", "plain/path-1.json"), ("", "''"), ("my data", "'my data'"),
    ("it's", #"'it'\''s'"#), ("$HOME", "'$HOME'"), ("a;b", "'a;b'"), ("~x", "'~x'"), ("é", "'é'"),
  ])
  func aShellReadsItBack(_ text: String, _ quoted: String) {
    #expect(shellQuoted(text) == quoted)
  }
}
