import JSON
import Testing

@testable import SandboxAPIs

/// The rules of names in repositories, which texts in ASCII pass without a regular expression.
@Suite struct RepositoryTextTests {
  /// The same as one regular expression.
  private func isKey(_ text: String) -> Bool {
    text.wholeMatch(of: /\p{Ll}[\p{Ll}\p{Lo}\p{N}_-]{0,62}|\p{Lo}[\p{Ll}\p{Lo}\p{N}_-]{0,62}/)
      != nil
  }
  private func isValue(_ text: String) -> Bool {
    text.wholeMatch(of: /[\p{Ll}\p{Lo}\p{N}_-]{0,63}/) != nil
  }

  @Test func labels() {
    let characters =
      (0..<0x80).map { String(UnicodeScalar(UInt8($0))) } + ["ñ", "Ñ", "字", "²", "e\u{301}"]
    let long = String(repeating: "a", count: 63)
    let texts =
      characters + characters.flatMap { ["a\($0)", "\($0)a", "ñ\($0)"] }
      + ["", long, long + "a", "1" + long, long.dropLast() + "-", "a\r\n"]
    for text in texts {
      #expect(RepositoryRules.isLabelKey(text) == isKey(text), "\(text.debugDescription)")
      #expect(RepositoryRules.isLabelValue(text) == isValue(text), "\(text.debugDescription)")
    }
  }

  @Test func ids() {
    let long = String(repeating: "a", count: 63)
    for id in ["a", "lib", "a-b", "a0", "a--b", long] {
      #expect(throws: Never.self) { try RepositoryRules.checkID(id, location: "us") }
    }
    for id in ["", "-a", "a-", "0a", "A", "aB", "a_b", "a.b", "ñ", "a\u{301}", "a\n", long + "a"] {
      #expect(throws: (any Error).self) { try RepositoryRules.checkID(id, location: "us") }
    }
  }
}
