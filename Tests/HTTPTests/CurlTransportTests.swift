import Foundation
import HTTP
import Testing

/// Exchanges between a client and a scripted server.
@Suite struct CurlTransportTests {
  let transport = CurlTransport(CurlTransport.Configuration(userAgent: "test/1"))

  func text(_ response: HTTPResponse) -> String { String(decoding: response.body, as: UTF8.self) }

  /// The failure of one request to a server with this script.
  func failure(
    _ request: (RawServer) -> HTTPRequest = { HTTPRequest(.get, $0.url()) },
    _ script: @escaping @Sendable (RawServer.Connection) -> Void
  ) async throws -> (HTTPFailure?, RawServer) {
    let server = try RawServer(script)
    do {
      let response = try await transport.send(request(server))
      Issue.record("answered: \(response)")
      return (nil, server)
    } catch {
      return (error, server)
    }
  }

  @Test func getsAndKeepsTheConnection() async throws {
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("hello", "X-One: a\r\nx-one:  b \r\n") }
    }
    for _ in 0..<3 {
      let response = try await transport.send(
        HTTPRequest(
          .get, server.url("/a?b=c"), headers: ["Authorization": "Bearer x", "X-Empty": ""]))
      #expect(response.status == 200)
      #expect(text(response) == "hello")
      #expect(
        response.headers.fields.filter { $0.name.lowercased() == "x-one" }.map(\.value) == [
          "a", "b",
        ])
    }
    #expect(server.connections == 1)
    let request = try #require(server.requests.first)
    #expect(request.hasPrefix("GET /a?b=c HTTP/1.1\r\n"))
    #expect(request.contains("\r\nAuthorization: Bearer x\r\n"))
    #expect(request.contains("\r\nX-Empty:"))
    #expect(request.contains("\r\nUser-Agent: test/1\r\n"))
  }

  @Test(arguments: [HTTPMethod.post, .put, .patch, .delete])
  func sendsABody(method: HTTPMethod) async throws {
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("") }
    }
    let headers: HTTPHeaders = ["Content-Type": "application/json"]
    _ = try await transport.send(
      HTTPRequest(method, server.url(), headers: headers, body: Array(#"{"a":1}"#.utf8)))
    _ = try await transport.send(HTTPRequest(method, server.url()))
    let requests = server.requests
    #expect(requests[0].hasPrefix("\(method.rawValue) / HTTP/1.1\r\n"))
    #expect(requests[0].hasSuffix("\r\n\r\n{\"a\":1}"))
    #expect(requests[0].contains("\r\nContent-Type: application/json\r\n"))
    #expect(requests[1].hasSuffix("\r\n\r\n"))
    #expect(requests[1].contains("Content-Length: 0") == (method != .delete))
    #expect(!requests[1].contains("Content-Type"))
    #expect(!requests[0].contains("Expect:"))
  }

  @Test func aFreshConnectionIsNew() async throws {
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("\(connection.number)") }
    }
    #expect(text(try await transport.send(HTTPRequest(.get, server.url()))) == "1")
    let fresh = HTTPRequest(.post, server.url(), body: [], connection: .fresh)
    #expect(text(try await transport.send(fresh)) == "2")
    #expect(server.connections == 2)
  }

  /// libcurl itself repeats a request if a reused connection dies, but not this one.
  @Test(arguments: [false, true])
  func aFreshPostArrivesOnce(resets: Bool) async throws {
    let server = try RawServer { connection in
      while let request = connection.request() {
        if request.hasPrefix("POST") { return resets ? connection.reset() : connection.close() }
        connection.answer("warm")
      }
    }
    _ = try await transport.send(HTTPRequest(.get, server.url()))
    let post = HTTPRequest(.post, server.url(), body: [1], connection: .fresh)
    let error = await #expect(throws: HTTPFailure.self) { try await transport.send(post) }
    #expect(error?.kind == .ambiguous)
    #expect(server.requests.filter { $0.hasPrefix("POST") }.count == 1)
  }

  @Test func aRequestThatLibcurlCannotRepeatIsAmbiguous() async throws {
    let server = try RawServer { connection in
      guard connection.request() != nil else { return }
      connection.answer("warm")
      guard connection.request() != nil else { return }
      connection.server.stopListening()
      connection.reset()
    }
    _ = try await transport.send(HTTPRequest(.get, server.url()))
    let error = await #expect(throws: HTTPFailure.self) {
      try await transport.send(HTTPRequest(.get, server.url()))
    }
    #expect(error?.kind == .ambiguous)
    #expect(server.requests.count == 2)
  }

  @Test func redirectsAreNotFollowed() async throws {
    let server = try RawServer { connection in
      while connection.request() != nil {
        connection.answer("", status: "302 Found", "Location: /elsewhere\r\n")
      }
    }
    let response = try await transport.send(HTTPRequest(.get, server.url()))
    #expect(response.status == 302)
    #expect(response.headers["location"] == "/elsewhere")
    #expect(server.requests.count == 1)
  }

  @Test func takesChunksInterimAnswersAndTrailers() async throws {
    let server = try RawServer { connection in
      guard connection.request() != nil else { return }
      connection.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
      connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      connection.send("3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n")
      _ = connection.request()
    }
    let response = try await transport.send(HTTPRequest(.get, server.url()))
    #expect(text(response) == "abcde")
    #expect(response.headers["X-Early"] == nil)
    #expect(response.headers["X-Trailer"] == nil)
  }

  @Test func anAnswerWithoutContentNeedsNoLength() async throws {
    let server = try RawServer { connection in
      guard connection.request() != nil else { return }
      connection.send("HTTP/1.1 204 No Content\r\n\r\n")
      _ = connection.request()
    }
    let response = try await transport.send(HTTPRequest(.delete, server.url()))
    #expect(response.status == 204)
  }

  @Test(arguments: [
    "", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nX: y\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
    "HTTP/1.1 200 OK\r\n\r\n{\"unframed\":true}", "HTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "nonsense\r\n\r\n",
  ])
  func incompleteAnswersAreAmbiguous(answer: String) async throws {
    for resets in [false, true] {
      let (error, _) = try await failure { connection in
        guard connection.request() != nil else { return }
        connection.send(answer)
        if resets { connection.reset() }
      }
      #expect(error?.kind == .ambiguous)
      #expect(error?.message.contains("127.0.0.1") == true)
    }
  }

  @Test func aStallTimesOut() async throws {
    for part in ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"] {
      let (error, _) = try await failure({
        HTTPRequest(.get, $0.url(), timeout: .milliseconds(150))
      }) { connection in
        guard connection.request() != nil else { return }
        connection.send(part)
        _ = connection.request()
      }
      #expect(error?.kind == .ambiguous)
      #expect(error?.message.contains("within") == true)
    }
  }

  @Test func anAnswerThatIsTooLongIsRefused() async throws {
    var configuration = CurlTransport.Configuration(userAgent: "test/1")
    configuration.maximumAnswerBytes = 10
    let bounded = CurlTransport(configuration)
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("elevenbytes") }
    }
    let error = await #expect(throws: HTTPFailure.self) {
      try await bounded.send(HTTPRequest(.get, server.url()))
    }
    #expect(error?.kind == .tooLarge)
  }
}
