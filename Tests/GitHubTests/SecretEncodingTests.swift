import Crypto
import GoogleCloud
import JSON
import Testing

@testable import GitHub

@Suite struct SecretEncodingTests {
  func encoded(_ text: String, _ encoding: SecretEncoding) throws(CryptoError) -> String {
    try encoding.encode(secret(text)).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  static let file = """
    {
      "type": "service_account",
      "private_key": "-----BEGIN PRIVATE KEY-----\\nMII \\"x\\" \\\\\\n-----END PRIVATE KEY-----\\n",
      "n": [1, 2,\t{"a": null}]
    }

    """

  @Test func base64IsOneLine() throws {
    #expect(try encoded(Self.file, .base64) == Base64.encode(Array(Self.file.utf8)))
  }

  @Test func jsonIsOneLineOfTheSameValue() throws {
    let text = try encoded(Self.file, .json)
    #expect(!text.contains("\n") && !text.contains("\t"))
    #expect(text.hasPrefix(#"{"type":"service_account","private_key":"-----BEGIN PRIVATE KEY"#))
    #expect(
      try JSONValue(parsing: Array(text.utf8)) == JSONValue(parsing: Array(Self.file.utf8)))
  }

  @Test(arguments: ["", "x", "[]", "{", #"{"a"#, "{}{}", "{} x", "{\"a\": \"\n\"}", #"{"a\"}"#])
  func otherTextsAreNotJSON(_ text: String) {
    #expect(throws: CryptoError.self) { try encoded(text, .json) }
  }

  @Test func aValueHasALimit() throws {
    let bytes = try #require(Base64.decode(GitHubClientTests.key["key"]?.string ?? ""))
    let key = GitHubPublicKey(
      place: try Stage.repository, id: "1",
      recipient: try #require(SealedBox.Recipient(bytes)))
    for (count, fits) in [(0, false), (1, true), (49_152, true), (49_153, false)] {
      let value = secret(String(repeating: "k", count: count))
      if fits {
        #expect(try key.seal(value).place == Stage.repository)
      } else {
        #expect(throws: APIError.self) { try key.seal(value) }
      }
    }
  }
}
