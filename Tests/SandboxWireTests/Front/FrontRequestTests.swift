import Testing

@testable import SandboxWire

/// What the front takes for its own, from the first bytes of a connection.
@Suite struct FrontRequestTests {
  private static let names = ServedNames(
    ["*.googleapis.com", "*.pkg.dev", "*.us-central1.rep.googleapis.com", "pypi.org"],
    summary: "*.googleapis.com")

  private func request(_ text: String) -> FrontRequest {
    FrontRequest(Array(text.utf8), names: Self.names)
  }

  private func status(_ text: String) -> Int? {
    if case .refused(let status, _) = request(text) { status } else { nil }
  }

  @Test(arguments: [
    "iam.googleapis.com", "us-central1-artifactregistry.googleapis.com", "IAM.GoogleAPIs.com",
    "artifactregistry.us-central1.rep.googleapis.com", "us-east4-python.pkg.dev", "pypi.org",
    "x-1.pkg.dev",
  ])
  func servedNamesAreTaken(_ host: String) {
    for version in ["1.1", "1.0"] {
      let head = "CONNECT \(host):443 HTTP/\(version)\r\nHost: \(host):443\r\nUser-Agent: x\r\n\r\n"
      #expect(request(head) == .tunnel(headLength: head.utf8.count))
      #expect(request(head + "\u{16}\u{3}") == .tunnel(headLength: head.utf8.count))
    }
    #expect(request("GET http://\(host)/v1?x=http://y/ HTTP/1.1\r\n") == .plain)
    #expect(request("POST HTTP://\(host):80?x HTTP/1.1\r\nX: y\r\n\r\n") == .plain)
  }

  @Test(arguments: [
    "example.com", "googleapis.com", "pkg.dev", "a.b.googleapis.com", "iam.googleapis.com.",
    ".googleapis.com", "*.googleapis.com", "-a.googleapis.com", "a-.googleapis.com",
    "a_b.googleapis.com", "iamgoogleapis.com", "iam.googleapis.com.example.com", "upload.pypi.org",
    "www.google.com", "localhost", "127.0.0.1", "[::1]", "", "iam.googleapis.com@example.com",
    "u:p@iam.googleapis.com", "iam.googleapis.com%00.example.com", "iam..googleapis.com",
    "\(String(repeating: "a", count: 64)).googleapis.com", "rep.us-central1.googleapis.com",
  ])
  func otherNamesAreRefused(_ host: String) {
    #expect(status("CONNECT \(host):443 HTTP/1.1\r\n\r\n") == 403)
    #expect(status("GET http://\(host)/ HTTP/1.1\r\n\r\n") == 403)
  }

  @Test(arguments: ["", ":", ":80", ":4430", ":0443", ":443:443", ":+443", ":https", ":443 "])
  func tunnelsAreForThePortOfTLS(_ port: String) {
    let status = status("CONNECT iam.googleapis.com\(port) HTTP/1.1\r\n\r\n")
    #expect(status == (port.hasSuffix(" ") ? 400 : 403))
    if ![":80", ""].contains(port), !port.hasSuffix(" ") {
      #expect(self.status("GET http://iam.googleapis.com\(port)/ HTTP/1.1\r\n\r\n") == 403)
    }
  }

  @Test(arguments: [
    "\r\n", "GET / HTTP/1.1\r\n\r\n", "GET https://iam.googleapis.com/ HTTP/1.1\r\n\r\n",
    "CONNECT iam.googleapis.com:443 HTTP/2\r\n\r\n", "CONNECT iam.googleapis.com:443\r\n\r\n",
    "CONNECT  iam.googleapis.com:443 HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1} \r\n",
    "CONNECT iam.googleapis.com:443\tHTTP/1.1\r\n\r\n",
    "connect iam.googleapis.com:443 HTTP/1.1\r\n\r\n",
    "CONNECT iam.googleapis.com:443 HTTP/1.1 \r\n\r\n",
    "CONNECT ïam.googleapis.com:443 HTTP/1.1\r\n\r\n",
    "CONNECT iam.googleapis.com:443 HTTP/1.1\r\nno colon\r\n\r\n",
    "CONNECT iam.googleapis.com:443 HTTP/1.1\r\n: x\r\n\r\n",
    "CONNECT iam.googleapis.com:443 HTTP/1.1\r\nA B: x\r\n\r\n",
    "CONNECT iam.googleapis.com:443 HTTP/1.1\r\n folded: x\r\n\r\n",
    "CONNECT iam.googleapis.com:443 HTTP/1.1\r\nA: x\nB: y\r\n\r\n",
    "CONNECT iam.googleapis.com:443 HTTP/1.1\r\nA: \u{0}\r\n\r\n",
  ])
  func malformedHeadsAreRefused(_ text: String) {
    #expect(status(text) == 400, "\(request(text))")
  }

  @Test func headsAreBounded() {
    let line = "CONNECT iam.googleapis.com:443 HTTP/1.1\r\n"
    func head(_ size: Int) -> String {
      line + "A: " + String(repeating: "x", count: size - line.utf8.count - 7) + "\r\n\r\n"
    }
    let most = FrontRequest.maximumHead
    #expect(request(head(most)) == .tunnel(headLength: most))
    #expect(status(head(most + 1)) == 431)
    #expect(request(String(repeating: "x", count: most - 1)) == .incomplete)
    #expect(status(String(repeating: "x", count: most)) == 431)
    #expect(status(line + String(repeating: "x", count: most)) == 431)
    #expect(status("GET http://iam.googleapis.com/" + String(repeating: "x", count: most)) == 431)
  }

  /// However a head is cut, the outcome is that of the whole; and random bytes never lead to a name that is not served.
  @Test func anyBytesInAnyPieces() {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var random = Generator(state: seed)
    let words = [
      "CONNECT", "GET", " ", "http://", "iam", ".", "googleapis.com", "pkg.dev", "example.com", ":",
      "443", "80", "/", "?", "@", "HTTP/1.1", "\r\n", "\r", "\n", "Host: x", "*", "\u{0}", "é",
    ]
    var outcomes: Set<String> = []
    for _ in 0..<4000 {
      var text = ""
      if Bool.random(using: &random) {
        let host =
          ["iam.googleapis.com", "example.com", "a.pkg.dev"].randomElement(using: &random) ?? ""
        text =
          Bool.random(using: &random)
          ? "CONNECT \(host):443 HTTP/1.1\r\n" : "GET http://\(host)/x HTTP/1.1\r\n"
      }
      for _ in 0..<Int.random(in: 0..<12, using: &random) {
        text += words.randomElement(using: &random) ?? ""
      }
      let bytes = Array(text.utf8)
      let whole = FrontRequest(bytes, names: Self.names)
      outcomes.insert("\(whole)".prefix { $0 != "(" }.description)
      switch whole {
      case .tunnel(let length):
        let line = text.prefix { $0 != "\r\n" }.lowercased()
        #expect(
          line.wholeMatch(of: /connect [a-z0-9-]+\.(googleapis\.com|pkg\.dev):443 http\/1\.[01]/)
            != nil,
          "seed \(seed): \(text.debugDescription)")
        #expect(length <= bytes.count)
      case .plain:
        let line = text.prefix { $0 != "\r\n" }.lowercased()
        #expect(
          line.firstMatch(
            of: /^[^ ]+ http:\/\/[a-z0-9-]+\.(googleapis\.com|pkg\.dev)(:80)?([\/?]| )/) != nil,
          "seed \(seed): \(text.debugDescription)")
      case .incomplete, .refused: break
      }
      // The first prefix with an outcome has the outcome of the whole.
      let first = (0...bytes.count).lazy.map {
        FrontRequest(Array(bytes[..<$0]), names: Self.names)
      }
      .first { $0 != .incomplete }
      #expect((first ?? .incomplete) == whole, "seed \(seed): \(text.debugDescription)")
    }
    #expect(outcomes == ["incomplete", "plain", "refused", "tunnel"])
  }
}

/// SplitMix64.
struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
