import Foundation
import HTTP
import Testing

@Suite struct CurlFailureTests {
  let transport = CurlTransport(CurlTransport.Configuration(userAgent: "test/1"))

  func failure(_ request: HTTPRequest, _ other: CurlTransport? = nil) async -> HTTPFailure? {
    await #expect(throws: HTTPFailure.self) { try await (other ?? transport).send(request) }
  }

  /// A port that is closed.
  func deadPort() throws -> UInt16 {
    let server = try RawServer { _ in }
    server.stopListening()
    return server.port
  }

  @Test func aClosedPortIsNotSent() async throws {
    let port = try deadPort()
    let error = await failure(HTTPRequest(.get, "http://user:secret@127.0.0.1:\(port)/path"))
    #expect(error?.kind == .notSent)
    #expect(error?.message.contains("127.0.0.1:\(port)") == true)
    #expect(error?.message.contains("secret") == false)
    let unknown = await failure(HTTPRequest(.get, "http://no-such-host.invalid/"))
    #expect(unknown?.kind == .notSent)
    #expect(unknown?.message.contains("no-such-host.invalid") == true)
  }

  /// No failure contains what a server sent, since it may be the private half of a key.
  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nCANARY", "HTTP/1.1 200 OK\r\nX: CANARY",
    "HTTP/1.1 200 OK\r\n\r\nCANARY", "CANARY\r\n\r\n", "HTTP/9.9 200 CANARY\r\n\r\nCANARY",
    "HTTP/1.1 CANARY\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nCANARY\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: CANARY\r\n\r\nCANARY",
    "HTTP/1.1 200 OK\r\nContent-Length: CANARY\r\n\r\nCANARY",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6\r\n\r\nCANARY",
    "HTTP/1.1 200 OK\r\nContent-Encoding: CANARY\r\nContent-Length: 600\r\n\r\nCANARY",
  ])
  func noFailureQuotesTheAnswer(_ answer: String) async throws {
    let server = try RawServer { connection in
      guard connection.request() != nil else { return }
      connection.send(answer)
    }
    let error = await failure(HTTPRequest(.post, server.url(), body: [1]))
    #expect(error?.message.contains("127.0.0.1") == true)
    #expect(error?.message.contains("CANARY") == false, "\(error?.message ?? "")")
  }

  @Test func namesTheProxy() async throws {
    let port = try deadPort()
    var configuration = CurlTransport.Configuration(userAgent: "test/1")
    let proxy = "http://user:secret@127.0.0.1:\(port)"
    configuration.proxies = ProxyRules(http: proxy, https: proxy, exceptions: ["direct.invalid"])
    configuration.permitsLocalProxy = true
    let proxied = CurlTransport(configuration)
    for scheme in ["http", "https"] {
      let error = await failure(HTTPRequest(.get, "\(scheme)://example.invalid/"), proxied)
      #expect(error?.kind == .notSent)
      #expect(
        error?.message.contains("example.invalid (through the proxy 127.0.0.1:\(port))") == true)
      #expect(error?.message.contains("secret") == false)
    }
    let direct = await failure(HTTPRequest(.get, "http://direct.invalid/"), proxied)
    #expect(direct?.message.contains("proxy") == false)
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("direct") }
    }
    #expect(try await proxied.send(HTTPRequest(.get, server.url())).status == 200)
  }

  /// A sandbox's front, an interceptor, a forgotten debugging proxy: none of them gets a credential unasked.
  @Test(arguments: [
    "127.0.0.1", "localhost", "[::1]", "127.9.9.9", "0.0.0.0", "[::ffff:127.0.0.1]",
  ])
  func aProxyOnThisMachineGetsNothing(_ host: String) async throws {
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("proxied") }
    }
    for scheme in ["http", "https", "socks5h"] {
      var configuration = CurlTransport.Configuration(userAgent: "test/1")
      let proxy = "\(scheme)://user:secret@\(host):\(server.port)"
      configuration.proxies = ProxyRules(http: proxy, https: proxy)
      let transport = CurlTransport(configuration)
      for url in ["http://example.invalid/", "https://example.invalid/"] {
        let request = HTTPRequest(.post, url, headers: ["Authorization": "Bearer real"], body: [1])
        let error = await failure(request, transport)
        #expect(error?.kind == .localProxy, "\(proxy) \(error?.message ?? "")")
        #expect(
          error?.message.contains("the proxy \(host):\(server.port) is on this machine") == true)
        #expect(error?.message.contains("secret") == false)
      }
    }
    #expect(server.connections == 0)
  }

  /// What decides is the address, so a name that the text of the rules does not give away is refused, too.
  @Test func aNameOfThisMachineIsRefusedByItsAddress() async throws {
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("proxied") }
    }
    var configuration = CurlTransport.Configuration(userAgent: "test/1")
    // Debian's /etc/hosts names ::1 so; where it does not, nothing is sent either, because nothing is resolved.
    let proxy = "http://ip6-loopback:\(server.port)"
    configuration.proxies = ProxyRules(http: proxy)
    #expect(configuration.proxies.localProxy(for: "http://example.invalid/") == nil)
    let error = await failure(
      HTTPRequest(.get, "http://example.invalid/"), CurlTransport(configuration))
    #expect(error?.kind == .localProxy || error?.message.contains("resolve") == true)
    #expect(server.connections == 0)
  }

  @Test func aPermittedLocalProxyIsUsed() async throws {
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("proxied") }
    }
    var configuration = CurlTransport.Configuration(userAgent: "test/1")
    configuration.proxies = ProxyRules(http: server.url())
    configuration.permitsLocalProxy = true
    let answer = try await CurlTransport(configuration)
      .send(HTTPRequest(.get, "http://example.invalid/"))
    #expect(answer.body == Array("proxied".utf8))
  }

  @Test func aRefusedTunnelIsNotSent() async throws {
    let server = try RawServer { connection in
      _ = connection.request()
      connection.answer("", status: "403 Forbidden")
    }
    var configuration = CurlTransport.Configuration(userAgent: "test/1")
    configuration.proxies = ProxyRules(https: server.url())
    configuration.permitsLocalProxy = true
    let request = HTTPRequest(.get, "https://example.invalid/")
    let error = await failure(request, CurlTransport(configuration))
    #expect(error?.kind == .notSent)
    #expect(error?.message.contains("403") == true)
  }

  @Test func aFailedHandshakeIsATLSFailure() async throws {
    let server = try RawServer { connection in
      // Half a request line is longer than the first record that a client sends.
      connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
      _ = connection.request()
    }
    let error = await failure(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
    #expect(error?.kind == .tls)
    var configuration = CurlTransport.Configuration(userAgent: "test/1")
    configuration.caFile = "/no/such/file.pem"
    let missing = CurlTransport(configuration)
    let other = await failure(HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"), missing)
    #expect(other?.kind == .tls)
  }

  @Test(arguments: [
    "", "example.com", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://a b/",
    "http://127.0.0.1:99999/", "http://127.0.0.1/\r\nX: y",
  ])
  func anURLThatCannotBeSentIsInvalid(url: String) async {
    #expect(await failure(HTTPRequest(.get, url))?.kind == .invalid)
  }

  @Test func aHeaderCannotAddAnother() async throws {
    let url = "http://127.0.0.1:\(try deadPort())/"
    let injected = HTTPRequest(.get, url, headers: ["X": "secret\r\nY: z"])
    let error = await failure(injected)
    #expect(error?.kind == .invalid)
    #expect(error?.message.contains("secret") == false)
    #expect(await failure(HTTPRequest(.get, url, headers: ["X:Y": "z"]))?.kind == .invalid)
  }

  @Test func cancellingTheTaskEndsTheRequest() async throws {
    let server = try RawServer { connection in
      _ = connection.request()
      _ = connection.request()
    }
    let url = server.url()
    let task = Task { [transport] in try await transport.send(HTTPRequest(.get, url)) }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
    task.cancel()
    let error = await #expect(throws: HTTPFailure.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    let early = Task { [transport] in
      while !Task.isCancelled { await Task.yield() }
      return try await transport.send(HTTPRequest(.get, url))
    }
    early.cancel()
    let other = await #expect(throws: HTTPFailure.self) { try await early.value }
    #expect(other?.kind == .cancelled)
    #expect(server.requests.count == 1)
  }

  @Test func shuttingDownEndsEveryRequest() async throws {
    let server = try RawServer { connection in
      _ = connection.request()
      _ = connection.request()
    }
    let url = server.url()
    let task = Task { [transport] in try await transport.send(HTTPRequest(.get, url)) }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
    transport.shutdown()
    let error = await #expect(throws: HTTPFailure.self) { try await task.value }
    #expect(error?.kind == .cancelled)
    #expect(await failure(HTTPRequest(.get, url))?.kind == .cancelled)
  }

  @Test func manyRequestsShareFewConnections() async throws {
    var configuration = CurlTransport.Configuration(maximumConnections: 4, userAgent: "test/1")
    configuration.maximumAnswerBytes = 1 << 20
    let few = CurlTransport(configuration)
    let server = try RawServer { connection in
      while let request = connection.request() {
        connection.answer(String(request.split(separator: " ")[1]))
      }
    }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<200 {
        let url = server.url("/\(number)")
        group.addTask {
          let response = try await few.send(HTTPRequest(.get, url))
          return String(decoding: response.body, as: UTF8.self) == "/\(number)"
        }
      }
      for try await right in group { #expect(right) }
    }
    #expect(server.connections <= 4)
  }
}
