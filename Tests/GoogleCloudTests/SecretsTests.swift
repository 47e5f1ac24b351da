import Testing

@testable import GoogleCloud

/// What a server repeats of a request is removed from its errors.
@Suite struct SecretsTests {
  private static let secret = "abcdefghijklmnopqrstuvwxyz012345"

  @Test(arguments: [
    ("", ""), ("nothing", "nothing"), (secret, "(a secret)"),
    ("before \(secret) after", "before (a secret) after"),
    ("\(secret)\(secret)", "(a secret)(a secret)"),
    ("\(secret) \(secret)", "(a secret) (a secret)"),
    // A part of at least 16 bytes, at the start, in the middle and at the end.
    ("abcdefghijklmnop", "(a secret)"), ("abcdefghijklmno", "abcdefghijklmno"),
    ("xx cdefghijklmnopqrstuv yy", "xx (a secret) yy"),
    ("\u{e9}qrstuvwxyz012345", "\u{e9}(a secret)"),
    // Two parts that follow each other are two secrets.
    ("abcdefghijklmnopabcdefghijklmnop", "(a secret)(a secret)"),
  ])
  func longSecretsAndTheirPartsAreRemoved(_ text: String, _ clean: String) {
    #expect(Secrets([Self.secret]).removed(from: text) == clean)
  }

  @Test func shortSecretsAreRemovedWhole() {
    let secrets = Secrets(["hunter2", "hunter22"], shownAs: "(x)")
    #expect(secrets.removed(from: "hunter22 hunter2 hunter") == "(x) (x) hunter")
    #expect(secrets.removed(from: ["hunter2": ["a hunter2"]]) == ["(x)": ["a (x)"]])
  }
}
