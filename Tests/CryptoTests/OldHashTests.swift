import Crypto
import Testing

/// The hashes that upload tools send beside SHA-256.
@Suite struct OldHashTests {
  /// From Python's hashlib.
  @Test(arguments: [
    ("", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
    ("abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
  ])
  func blake2b(_ text: String, _ hash: String) {
    var hasher = Blake2b256()
    hasher.update(Array(text.utf8))
    #expect(Hex.encode(hasher.finish()) == hash)
  }

  /// Lengths around the block's, in pieces of any size.
  @Test(arguments: [1, 127, 128, 129, 1000])
  func piecesMakeNoDifference(_ piece: Int) {
    let hashes = [
      127: "f2fe67ff342e21b8f45e8f2e0bcd1d9243245d50ee6c78042e9c491388791c72",
      128: "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1",
      129: "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9",
      256: "582f782226018ec33076bd8d1c42413530ac7e1126260ffc0f306ba3befc3f24",
      1000: "b372d0608f720c8c3dd41e9c8eecb10143b41abe520b616607e754bf79c08331",
    ]
    for (length, hash) in hashes {
      var hasher = Blake2b256()
      let bytes = (0..<length).map { UInt8($0 % 251) }
      for start in stride(from: 0, to: length, by: piece) {
        hasher.update(bytes[start..<min(start + piece, length)])
      }
      #expect(Hex.encode(hasher.finish()) == hash, "\(length)")
    }
  }

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
