import CloudResources
import Foundation
import GoogleCloud
import TestSupport
import Testing

/// Which texts name a package server: this decides who gets a token.
@Suite struct PackageURLTests {
  static let google = [
    "https://us-east4-python.pkg.dev/my-project-id/libs/simple/", "us-east4-python.pkg.dev",
    "us-east4-docker.pkg.dev:443", "https://oauth2accesstoken@europe-npm.pkg.dev/p/r/",
    "_json_key@us-maven.pkg.dev", "https://_json_key_base64@asia-go.pkg.dev:443",
    "europe-west12-kfp.pkg.dev", "me-central2-generic.pkg.dev", "us-apt.pkg.dev/projects/p",
    "us-yum.pkg.dev", "us-googet.pkg.dev", "gcr.io", "https://us.gcr.io", "eu.gcr.io",
    "asia.gcr.io/p/image", "HTTPS://US-East4-Python.PKG.dev/", "atlantis-north1-python.pkg.dev",
    "us-python.pkg.dev?a=b", "us-python.pkg.dev#x", "us-python.pkg.dev/a@b:c",
    "us-python.pkg.dev/?u=https://evil.example", "https://us-python.pkg.dev/%2e%2e",
  ]

  /// Others, which look like them.
  static let others = [
    "", " ", "pkg.dev", "python.pkg.dev", "-python.pkg.dev", "evil-python.pkg.dev",
    "us-east4.pkg.dev", "us-east4-ruby.pkg.dev", "us-east04-python.pkg.dev",
    "us-east100-python.pkg.dev", "us--east4-python.pkg.dev", "us-east4-python-python.pkg.dev",
    "us-east4-python.pkg.dev.", "us-east4-python.pkg.dev.evil.example",
    "us-east4-python.pkg.dev.evil", "us-east4-python.pkg.devil", "evil.us-east4-python.pkg.dev",
    "us-east4-pythonpkg.dev", "us-east4-python.pkg..dev", ".us-east4-python.pkg.dev",
    "notus-east4-python.pkg.dev.evil", "docker.us-east1.rep.pkg.dev",
    "http://us-east4-python.pkg.dev/", "ftp://us-east4-python.pkg.dev/",
    "//us-east4-python.pkg.dev", "https:/us-east4-python.pkg.dev", "https:us-east4-python.pkg.dev",
    "https:///us-east4-python.pkg.dev", "https://https://us-east4-python.pkg.dev",
    "us-east4-python.pkg.dev:80", "us-east4-python.pkg.dev:", "us-east4-python.pkg.dev:0443",
    "us-east4-python.pkg.dev:443:443", "us-east4-python.pkg.dev:+443",
    "us-east4-python.pkg.dev:65979", "us-east4-python.pkg.dev:443x",
    "https://us-east4-python.pkg.dev@evil.example/", "https://us-east4-python.pkg.dev:443@evil/",
    "https://evil.example@us-east4-python.pkg.dev/", "https://@us-east4-python.pkg.dev/",
    "https://oauth2accesstoken:x@us-east4-python.pkg.dev/",
    "https://oauth2accesstoken:@us-east4-python.pkg.dev/",
    "https://oauth2accesstoken@evil@us-east4-python.pkg.dev/",
    "https://OAuth2AccessToken@us-east4-python.pkg.dev/", "__token__@us-east4-python.pkg.dev",
    "https://evil.example/us-east4-python.pkg.dev", "https://evil.example?us-east4-python.pkg.dev",
    "https://evil.example#us-east4-python.pkg.dev", "https://evil.example#@us-east4-python.pkg.dev",
    "https://evil.example\\@us-east4-python.pkg.dev", "https://us-east4-python.pkg.dev\\@evil",
    "https://us-east4-python.pkg.dev\\.evil.example/", "us-east4-python.pkg.dev%2eevil.example",
    "us-east4%2dpython.pkg.dev", "us-east4-python.pkg.dev%00.evil", "us-east4-python.pkg.dev%0a",
    " us-east4-python.pkg.dev", "us-east4-python.pkg.dev ", "us-east4-python.pkg.dev\n",
    "us-east4-python.pkg.dev\r\nevil", "us-east4-\tpython.pkg.dev", "us-east4-python.pkg.dev\0",
    "us-east4-python.pkg.dev\u{7F}", "us-east4-python.pkg.d\u{435}v",
    "us-east4-python\u{3002}pkg.dev", "us-east4-python.p\u{212A}g.dev",
    "us\u{2010}east4-python.pkg.dev", "us-east4-python.pkg.dev\u{200B}",
    "us-east4-pytho\u{FF4E}.pkg.dev", "us-east4-python.xn--pkg-dev", "xn--us-east4-python.pkg.dev",
    "[us-east4-python.pkg.dev]", "us-east4-python.pkg.dev;evil", "us-east4-python.pkg.dev,evil",
    "us-east4-python_.pkg.dev", "gcr.io.evil", "evil.gcr.io", "evilgcr.io", "gcr.io.",
    "k8s.gcr.io", "us.gcr.io@evil", "127.0.0.1", "localhost", "index.docker.io/v1/",
    "https://index.docker.io/v1/", "artifactregistry.googleapis.com", "ghp_pkg.dev",
  ]

  @Test(arguments: google) func takesGooglesHosts(_ text: String) throws {
    let url = try #require(PackageURL(text))
    #expect(url.isGoogle && url.isServed(by: Self.googleOrigin))
    #expect(!url.isServed(by: Self.sandbox))
  }

  @Test(arguments: others) func refusesLookAlikes(_ text: String) {
    #expect(Self.server(of: text) == nil)
  }

  @Test(arguments: [
    "127.0.0.1:8085", "http://127.0.0.1:8085",
    "http://127.0.0.1:8085/us-python.pkg.dev/p/r/simple/",
    "http://oauth2accesstoken@127.0.0.1:8085/", "HTTP://127.0.0.1:8085",
  ])
  func takesTheSandbox(_ text: String) throws {
    let url = try #require(PackageURL(text))
    #expect(url.isServed(by: Self.sandbox))
    #expect(!url.isGoogle && !url.isServed(by: Self.googleOrigin))
  }

  @Test(arguments: [
    "127.0.0.1", "127.0.0.1:8086", "127.0.0.1:08085", "https://127.0.0.1:8085", "localhost:8085",
    "127.0.0.2:8085", "127.1:8085", "2130706433:8085", "0x7f.0.0.1:8085", "127.0.0.1:8085@evil",
    "evil@127.0.0.1:8085", "127.0.0.1.:8085", "127.0.0.1:8085.evil", "http://127.0.0.1:8085\\@evil",
    "http://127.0.0.1:8085@evil.example", "127.0.0.1:8085 ", "http://[::1]:8085",
    "us-east4-python.pkg.dev", "https://us-east4-python.pkg.dev:8085",
  ])
  func refusesOtherServersThanTheSandbox(_ text: String) {
    #expect(PackageURL(text)?.isServed(by: Self.sandbox) != true)
  }

  /// A package host can never be a sandbox, whatever a setting says.
  @Test func aPackageHostIsNeverAnotherServer() throws {
    let origin = try #require(Origin(of: "https://us-east4-python.pkg.dev"))
    #expect(try #require(PackageURL("us-east4-python.pkg.dev")).isServed(by: origin) == false)
  }

  @Test func theHostsOfRepositories() {
    #expect(
      PackageHost.name(format: "PYTHON", location: "us-east4", id: "libs")
        == "us-east4-python.pkg.dev")
    #expect(PackageHost.name(format: "DOCKER", location: "us", id: "gcr.io") == "gcr.io")
    #expect(PackageHost.name(format: "RUBY", location: "us", id: "libs") == nil)
    #expect(PackageHost.name(format: "PYTHON", location: "x.evil", id: "libs") == nil)
    #expect(PackageHost.forContainers.allSatisfy { PackageURL("https://\($0)")?.isGoogle == true })
    #expect(PackageHost.forContainers.contains("us-east4-docker.pkg.dev"))
  }

  /// Random changes of good and bad texts: what is accepted is exactly what the pattern of the documentation says.
  @Test func nothingElseIsServed() {
    let seed = UInt64.random(in: 0 ... .max)
    print("PackageURLTests: seed \(seed)")
    var random = SeededRandom(state: seed)
    var accepted = 0
    for _ in 0..<60_000 {
      let text = Self.mutated(&random)
      let server = Self.server(of: text)
      if server != nil { accepted += 1 }
      #expect(server == Self.expected(text), "seed \(seed): \(text.debugDescription)")
    }
    #expect(accepted > 1000)
  }

  private enum Server { case google, sandbox }

  private static func server(of text: String) -> Server? {
    guard let url = PackageURL(text) else { return nil }
    let served = (url.isServed(by: googleOrigin), url.isServed(by: sandbox))
    #expect(!(served.0 && served.1))
    return served.0 ? .google : served.1 ? .sandbox : nil
  }

  private static let googleOrigin = origin("https://artifactregistry.googleapis.com")
  private static let sandbox = origin("http://127.0.0.1:8085")

  private static func origin(_ text: String) -> Origin {
    guard let origin = Origin(of: text) else { preconditionFailure(text) }
    return origin
  }

  /// The documented set, by a pattern on bytes.
  private static func expected(_ text: String) -> Server? {
    // The pattern's (?i:k) would also match the sign for kelvin.
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    func matches(_ pattern: String) -> Bool {
      guard
        let expression = try? NSRegularExpression(
          pattern: pattern, options: .dotMatchesLineSeparators)
      else { return false }
      let all = NSRange(text.startIndex..., in: text)
      return expression.firstMatch(in: text, range: all)?.range == all
    }
    let user = "(?:(?:oauth2accesstoken|_json_key|_json_key_base64)@)?"
    let rest = #"(?:[/?#][!#-;=?-\[\]_a-z~]*)?"#
    let location = "(?i:us|europe|asia|[a-z]{2,20}-[a-z]{2,20}[1-9][0-9]?)"
    let format = "(?i:apt|docker|generic|go|googet|kfp|maven|npm|python|yum)"
    let host = "(?:\(location)-\(format)(?i:\\.pkg\\.dev)|(?i:(?:us\\.|eu\\.|asia\\.)?gcr\\.io))"
    if matches("\\A(?i:https://)?\(user)\(host)(?::443)?\(rest)\\z") { return .google }
    if matches("\\A(?i:http://)?\(user)127\\.0\\.0\\.1:8085\(rest)\\z") { return .sandbox }
    return nil
  }

  private static func mutated(_ random: inout SeededRandom) -> String {
    let parts = [
      "https://", "http://", "oauth2accesstoken", "_json_key", "@", ":443", ":8085", "/", "\\", ".",
      "pkg.dev", "us", "east4", "-", "python", "docker", "gcr.io", "127.0.0.1", "evil.example", "%",
      "%2e", "?", "#", " ", "\n", "\0", "\u{130}", "\u{17F}", "\u{212A}", "\u{3002}", "[", "]", ":",
      "A", "Z", "0", "9", "~", "^", "|", "=", ",", ";", "<", "{", "\"", "`", "'",
    ]
    var scalars = Array(
      random.pick(random.chance(80) ? google + ["http://127.0.0.1:8085/x"] : others).unicodeScalars)
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let place = Int.random(in: 0...scalars.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: scalars.insert(contentsOf: Array(random.pick(parts).unicodeScalars), at: place)
      case 1 where place < scalars.count: scalars.remove(at: place)
      case 2 where place < scalars.count:
        scalars[place] = random.pick(parts).unicodeScalars.first ?? "x"
      default: scalars += Array(random.pick(parts).unicodeScalars)
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
