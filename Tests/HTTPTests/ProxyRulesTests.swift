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

  @Test(arguments: [
    ("127.0.0.1:8080", "127.0.0.1:8080"), ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
    ("http://u:p@127.1.2.3:1", "127.1.2.3:1"), ("https://localhost:1", "localhost:1"),
    ("http://LOCALHOST:1", "LOCALHOST:1"), ("http://a.localhost", "a.localhost"),
    ("socks5://[::1]:1080", "[::1]:1080"), ("http://0.0.0.0:1", "0.0.0.0:1"),
    ("http://[::]:1", "[::]:1"), ("http://0x7f000001:1", "0x7f000001:1"),
    ("http://2130706433:1", "2130706433:1"),
    ("http://[::ffff:127.0.0.1]:1", "[::ffff:127.0.0.1]:1"),
  ])
  func namesTheProxyThatIsOnThisMachine(_ proxy: String, _ name: String) {
    let rules = ProxyRules(environment: ["https_proxy": proxy])
    #expect(rules.localProxy(for: "https://iam.googleapis.com") == name)
    // The sandbox itself is reached directly.
    #expect(rules.localProxy(for: "https://127.0.0.1:1/") == nil)
    #expect(rules.localProxy(for: "http://iam.googleapis.com") == nil)
  }

  @Test(arguments: [
    "proxy:1", "http://10.0.0.1:1", "http://127.0.0.1.example.com:1", "http://localhost.example:1",
    "http://localhost@proxy:1", "http://[2001:db8::1]:1", "http://[::ffff:10.0.0.1]:1",
  ])
  func aProxyElsewhereIsNot(_ proxy: String) {
    let rules = ProxyRules(environment: ["ALL_PROXY": proxy])
    #expect(rules.localProxy(for: "https://iam.googleapis.com") == nil)
    #expect(rules.name(for: HTTPRequest(.get, "https://iam.googleapis.com")) != nil)
  }

  @Test func readsTheNamesThatCurlReads() {
    #expect(
      ProxyRules(environment: [
        "HTTPS_PROXY": "http://a:1", "http_proxy": "http://b:1", "NO_PROXY": "x.y, z",
      ]) == ProxyRules(http: "http://b:1", https: "http://a:1", exceptions: ["x.y", "z"]))
    #expect(
      ProxyRules(environment: [
        "HTTPS_PROXY": "http://a:1", "https_proxy": "http://c:1", "HTTP_PROXY": "http://d:1",
        "ALL_PROXY": "",
      ]) == ProxyRules(https: "http://c:1"))
    #expect(
      ProxyRules(environment: ["all_proxy": "socks5://e:1"])
        == ProxyRules(http: "socks5://e:1", https: "socks5://e:1"))
  }
}
