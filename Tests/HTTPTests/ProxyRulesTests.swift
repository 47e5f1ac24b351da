import Testing

@testable import HTTP

@Suite struct ProxyRulesTests {
  private let rules = ProxyRules(
    http: "http://proxy:1", https: "http://proxy:2",
    exceptions: ["direct.invalid", ".Example.com", "10.1.2.3"])

  @Test(arguments: [
    "localhost", "LOCALHOST", "x.localhost", "127.0.0.1", "127.0.0.2", "127.1", "0x7f.1", "[::1]",
    "[::ffff:127.0.0.1]", "169.254.169.254", "[fe80::1]", "direct.invalid", "a.direct.invalid",
    "www.example.com", "10.1.2.3",
  ])
  func localAndExemptHostsHaveNoProxy(_ host: String) {
    for url in ["http://\(host):8080/token", "https://\(host)/", "http://\(host)"] {
      let request = HTTPRequest(.get, url)
      #expect(rules.proxy(for: request) == nil, "\(url)")
      #expect(rules.name(for: request) == nil)
    }
  }

  @Test(arguments: [
    "iam.googleapis.com", "notdirect.invalid", "128.0.0.1", "169.253.1.1", "localhost.evil.example",
    "127.0.0.1.evil.example", "[2001:db8::1]", "[::ffff:8.8.8.8]",
  ])
  func otherHostsHaveAProxy(_ host: String) {
    #expect(rules.proxy(for: HTTPRequest(.get, "http://\(host):80/")) == "http://proxy:1")
    var request = HTTPRequest(.get, "https://\(host)/")
    #expect(rules.name(for: request) == "proxy:2")
    request.isDirect = true
    #expect(rules.proxy(for: request) == nil)
  }

  @Test func aStarExemptsAllHosts() {
    let rules = ProxyRules(http: "http://proxy:1", exceptions: ["*"])
    #expect(rules.proxy(for: HTTPRequest(.get, "http://a.invalid/")) == nil)
  }
}
