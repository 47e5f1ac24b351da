import Testing

@testable import SandboxPackages

@Suite struct PythonVersionTests {
  @Test(arguments: [
    ("1.0", "1.0"), ("v1.0", "1.0"), (" 1.0 ", "1.0"), ("01.002", "1.2"), ("1.0a1", "1.0a1"),
    ("1.0-Alpha.1", "1.0a1"), ("1.0beta2", "1.0b2"), ("1.0c3", "1.0rc3"),
    ("1.0.preview_4", "1.0rc4"), ("1.0pre", "1.0rc0"), ("1.0-1", "1.0.post1"),
    ("1.0.rev5", "1.0.post5"), ("1.0post", "1.0.post0"), ("1.0-dev", "1.0.dev0"),
    ("1!2.0", "1!2.0"), ("0!2.0", "2.0"), ("1.0+Ubuntu-1", "1.0+ubuntu.1"),
    ("1.0a1.post2.dev3+x_0y.007", "1.0a1.post2.dev3+x.0y.7"), ("2026.11.21", "2026.11.21"),
    ("99999999999999999999.1", "99999999999999999999.1"),
  ])
  func normalForm(text: String, normal: String) {
    #expect(PythonVersion(text)?.text == normal)
  }

  @Test(arguments: [
    "", "x", "1.", "1..0", ".1", "1.0+", "1.0+a..b", "1.0 1", "1!", "1.0.x", "1.0++a",
    "french toast",
    "1.0é", "../1", "1.0+a/b",
  ])
  func malformedVersionsAreRefused(text: String) {
    #expect(PythonVersion(text) == nil)
  }

  @Test func trailingZerosDoNotMatter() {
    #expect(PythonVersion("1.0")?.key == PythonVersion("1.0.0")?.key)
    #expect(PythonVersion("1.0")?.key == PythonVersion("1")?.key)
    #expect(PythonVersion("1.0.1")?.key != PythonVersion("1.0")?.key)
    #expect(PythonVersion("0")?.key == "0")
    #expect(PythonVersion("1.0a0")?.key == PythonVersion("1a")?.key)
  }
}
