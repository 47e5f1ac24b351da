import Crypto
import Testing

/// The hash that older upload tools send in addition to SHA-256.
@Suite struct MD5StreamTests {
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
  ])
  func md5(_ text: String, _ hash: String) throws {
    guard var stream = MD5Stream() else {
      Issue.record("OpenSSL has no MD5")
      return
    }
    for byte in text.utf8 { stream.update([byte]) }
    #expect(Hex.encode(stream.finish()) == hash)
  }
}
