import Foundation
import HTTP
import Testing

/// libcurl's handles serve one request after the other.
@Suite struct HandleReuseTests {
  let transport = CurlTransport(CurlTransport.Configuration(userAgent: "test/1"))

  /// What a server received from one handle.
  private func received(_ requests: (RawServer) -> [HTTPRequest]) async throws -> [String] {
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("{}") }
    }
    for request in requests(server) { _ = try await transport.send(request) }
    return server.requests
  }

  private func lines(_ request: String) -> Set<String> {
    Set(request.components(separatedBy: "\r\n").filter { !$0.isEmpty && !$0.hasPrefix("Host:") })
  }

  @Test(arguments: [HTTPMethod.post, .put, .patch, .delete])
  func aRequestLeavesNothingToTheNext(_ method: HTTPMethod) async throws {
    let token: HTTPHeaders = ["Authorization": "Bearer a"]
    let received = try await received { server in
      [
        HTTPRequest(.get, server.url("/1"), headers: token),
        HTTPRequest(
          method, server.url("/2"), headers: ["Content-Type": "text/x", "X-Two": "2"],
          body: Array("secret".utf8)),
        HTTPRequest(.get, server.url("/3"), headers: ["X-Three": "3"]),
        HTTPRequest(method, server.url("/4"), connection: .fresh),
        HTTPRequest(.get, server.url("/5")),
        HTTPRequest(.get, server.url("/6"), body: Array("with".utf8)),
        HTTPRequest(.get, server.url("/7"), headers: token),
      ]
    }
    let usual: Set<String> = ["User-Agent: test/1", "Accept: */*", "Accept-Encoding: gzip"]
    let length: Set<String> = method == .delete ? [] : ["Content-Length: 0"]
    #expect(
      received.map(lines) == [
        usual.union(["GET /1 HTTP/1.1", "Authorization: Bearer a"]),
        usual.union([
          "\(method.rawValue) /2 HTTP/1.1", "Content-Type: text/x", "X-Two: 2", "Content-Length: 6",
          "secret",
        ]),
        usual.union(["GET /3 HTTP/1.1", "X-Three: 3"]),
        usual.union(length).union(["\(method.rawValue) /4 HTTP/1.1"]),
        usual.union(["GET /5 HTTP/1.1"]),
        usual.union(["GET /6 HTTP/1.1", "Content-Length: 4", "with"]),
        usual.union(["GET /7 HTTP/1.1", "Authorization: Bearer a"]),
      ])
  }

  @Test func eachRequestHasItsOwnTime() async throws {
    let server = try RawServer { connection in
      while let request = connection.request() {
        guard !request.hasPrefix("GET /slow") else { return Thread.sleep(forTimeInterval: 20) }
        connection.answer("{}")
      }
    }
    _ = try await transport.send(HTTPRequest(.get, server.url(), timeout: .seconds(60)))
    let slow = HTTPRequest(.get, server.url("/slow"), timeout: .milliseconds(200))
    let error = await #expect(throws: HTTPFailure.self) { try await transport.send(slow) }
    #expect(error?.message.contains("no complete answer within 0.2 seconds") == true)
    _ = try await transport.send(HTTPRequest(.get, server.url(), timeout: .seconds(60)))
  }

  /// What an earlier request of the handle has sent says nothing about this one.
  @Test func aRequestWithoutAConnectionIsNotSent() async throws {
    let server = try RawServer { connection in
      guard connection.request() != nil else { return }
      connection.server.stopListening()
      connection.answer("warm", "Connection: close\r\n")
    }
    _ = try await transport.send(HTTPRequest(.get, server.url()))
    let error = await #expect(throws: HTTPFailure.self) {
      try await transport.send(HTTPRequest(.get, server.url()))
    }
    #expect(error?.kind == .notSent)
    #expect(error?.message.contains("the connection was refused") == true)
  }

  /// A request that arrives while libcurl's thread is about to wait must wake it.
  @Test func noRequestIsForgotten() async throws {
    let server = try RawServer { connection in
      while connection.request() != nil { connection.answer("{}") }
    }
    let transport = transport
    let request = HTTPRequest(.get, server.url(), timeout: .seconds(20))
    let answered = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var count = 0
          for _ in 0..<200 { count += try await transport.send(request).status == 200 ? 1 : 0 }
          return count
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(answered == 1600)
    #expect(server.connections <= 8)
  }
}
