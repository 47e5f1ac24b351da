import Foundation
import Platform
import TestSupport
import Testing

@testable import Commands

/// Both helpers, asked about servers that look like a package server: the token reaches no other one.
@Suite struct LookAlikeTests {
  static let servers = [
    "us-east4-python.pkg.dev.", "us-east4-python.pkg.dev.evil.example", "us-east4-python.pkg.devil",
    "https://us-east4-python.pkg.dev@evil.example/",
    "https://evil.example@us-east4-python.pkg.dev/",
    "https://evil.example\\@us-east4-python.pkg.dev", "https://us-east4-python.pkg.dev\\.evil",
    "http://us-east4-python.pkg.dev/", "us-east4-python.pkg.dev:80", "us-east4-python.pkg.dev:",
    "us-east4-python.pkg.dev%2eevil", "us-east4-python.pkg.d\u{435}v", "evil-python.pkg.dev",
    "us-east4-python.p\u{212A}g.dev", " us-east4-python.pkg.dev", "us-east4-python.pkg.dev\u{0}",
    "us-east4-\tpython.pkg.dev", "//us-east4-python.pkg.dev", "xn--us-east4-python.pkg.dev",
    "us-east4-ruby.pkg.dev", "pkg.dev", "evil.gcr.io", "gcr.io.evil", "127.0.0.1", "localhost:8085",
    "https://127.0.0.1:8085", "127.0.0.1:8086", "http://127.0.0.1:8085@evil", "127.1:8085",
    "artifactregistry.googleapis.com", "https://oauth2accesstoken:x@us-east4-python.pkg.dev",
  ]

  @Test(arguments: servers) func getNoToken(_ server: String) async {
    for environment in [HelperCall.google, HelperCall.local] {
      let keyring = await HelperCall.keyring(server, in: environment)
      #expect(keyring.outcome.code == 1 && !keyring.printsAToken)
      let docker = await HelperCall.docker(server, in: environment)
      #expect(docker.outcome.code == 1 && !docker.printsAToken)
      #expect(docker.output == "credentials not found in native keychain\n")
      #expect(keyring.requests.isEmpty && docker.requests.isEmpty)
    }
  }

  /// Random changes of texts: a token is printed only for the servers that the documentation lists, and is that server's.
  @Test func nothingElseGetsAToken() async {
    let seed = UInt64.random(in: 0 ... .max)
    print("LookAlikeTests: seed \(seed)")
    var random = SeededRandom(state: seed)
    var tokens = 0
    for _ in 0..<1500 {
      let text = Self.mutated(&random)
      let isLocal = random.chance(50)
      let environment = isLocal ? HelperCall.local : HelperCall.google
      let call =
        await
        (random.chance(50)
        ? HelperCall.keyring(text, in: environment)
        : HelperCall.docker(text, in: environment))
      let comment: Comment = "seed \(seed): \(text.debugDescription)"
      #expect(call.printsAToken == Self.isListed(text, isLocal), comment)
      if call.printsAToken {
        tokens += 1
        let other = isLocal ? HelperCall.googleToken : HelperCall.sandboxToken
        #expect(!call.output.contains(other) && !call.errors.contains("CANARY"), comment)
      }
      #expect(call.requests.isEmpty, comment)
    }
    #expect(tokens > 100)
  }

  private static func isListed(_ text: String, _ isLocal: Bool) -> Bool {
    // The pattern's (?i:k) would also match the sign for kelvin.
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
    let user = "(?:(?:oauth2accesstoken|_json_key|_json_key_base64)@)?"
    let rest = #"(?:[/?#][!#-;=?-\[\]_a-z~]*)?"#
    let location = "(?i:us|europe|asia|[a-z]{2,20}-[a-z]{2,20}[1-9][0-9]?)"
    let format = "(?i:apt|docker|generic|go|googet|kfp|maven|npm|python|yum)"
    let host = "(?:\(location)-\(format)(?i:\\.pkg\\.dev)|(?i:(?:us\\.|eu\\.|asia\\.)?gcr\\.io))"
    let pattern =
      isLocal
      ? "\\A(?i:http://)?\(user)127\\.0\\.0\\.1:8085\(rest)\\z"
      : "\\A(?i:https://)?\(user)\(host)(?::443)?\(rest)\\z"
    guard let expression = try? NSRegularExpression(pattern: pattern) else { return false }
    let all = NSRange(text.startIndex..., in: text)
    return expression.firstMatch(in: text, range: all)?.range == all
  }

  private static func mutated(_ random: inout SeededRandom) -> String {
    let good = [
      "https://us-east4-python.pkg.dev/p/r/simple/", "us-east4-docker.pkg.dev", "gcr.io",
      "http://127.0.0.1:8085/us-east4-python.pkg.dev/p/r/simple/", "127.0.0.1:8085",
      "https://oauth2accesstoken@europe-npm.pkg.dev:443/p/r/",
    ]
    let parts = [
      "https://", "http://", "@", ":", ":443", ":8085", "/", "\\", ".", "-", "us", "python", "%2e",
      "?", "#", " ", "\u{0}", "\u{130}", "\u{17F}", "\u{212A}", "\u{3002}", "[", "A", "0", "9",
      "evil",
      "oauth2accesstoken",
    ]
    var scalars = Array(
      (random.chance(80) ? random.pick(good) : random.pick(servers)).unicodeScalars)
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      let place = Int.random(in: 0...scalars.count, using: &random)
      if random.chance(70) || place == scalars.count {
        scalars.insert(contentsOf: Array(random.pick(parts).unicodeScalars), at: place)
      } else {
        scalars.remove(at: place)
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
