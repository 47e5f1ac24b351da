import Foundation
import HTTP
import JSON
import Testing

@testable import Sandbox

/// The faults that only a socket can show, as the product's own HTTP client sees them.
@Suite struct WireFaultTests {
  private let folder = NSTemporaryDirectory() + "arctl-sandbox-\(UUID().uuidString)"
  private let server: SandboxServer
  private let transport = CurlTransport(CurlTransport.Configuration(userAgent: "test"))

  init() throws { server = try SandboxServer(.init(dataDirectory: folder)) }

  private func end() {
    transport.shutdown()
    server.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func send(
    _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil,
    timeout: Duration = .seconds(20)
  ) async throws -> HTTPResponse {
    try await transport.send(
      HTTPRequest(
        method, server.baseURL + path, body: body?.serialized(), connection: .reused,
        timeout: timeout))
  }

  /// Schedules a fault for the next request. Returns the kind of failure that the client reports, or nil.
  private func outcome(
    _ fault: JSONValue, when: String = "before", timeout: Duration = .seconds(20)
  ) async throws -> (kind: HTTPFailure.Kind?, message: String) {
    let script: JSONValue = ["when": .string(when), "fault": fault]
    #expect(try await send(.post, FaultRoutes.path, script).status == 200)
    do throws(HTTPFailure) {
      let answer = try await transport.send(
        HTTPRequest(
          .get, "\(server.baseURL)/v1/projects/p", connection: .fresh, timeout: timeout))
      return (nil, String(decoding: answer.body, as: UTF8.self))
    } catch {
      return (error.kind, error.message)
    }
  }

  private func journal() async throws -> [JSONValue] {
    let answer = try await send(.get, SandboxRoutes.journal)
    return try JSONValue(parsing: answer.body)["requests"]?.array ?? []
  }

  @Test(arguments: ["before", "after"])
  func brokenAnswersAreAmbiguous(_ when: String) async throws {
    defer { end() }
    let faults: [(JSONValue, String)] = [
      (["reset": true], "reset"), (["close": true], "close"),
      (["halfHeaders": true], "halfHeaders"), (["truncatedBody": true], "truncatedBody"),
      (["truncatedBody": ["bytes": 1]], "truncatedBody"), (["stall": 100], "stall"),
    ]
    for (fault, name) in faults {
      let result = try await outcome(fault, when: when)
      #expect(result.kind == .ambiguous, "\(name) \(when): \(result)")
      let entry = try await journal().last
      #expect(entry?["fault"] == .string(name))
      // Without a credential the answer is 401 if the request is carried out.
      #expect(entry?["status"] == (when == "before" ? 0 : 401))
    }
    // The server still works, on the old connection and on a new one.
    #expect(try await send(.get, "/v1/projects/p").status == 401)
    #expect(try await journal().last?["fault"] == nil)
  }

  /// What a bare socket receives for a request: the bytes until the end, and the error that ended them (0: none).
  private func exchange() -> (bytes: String, error: Int32) {
    let port = UInt16(server.baseURL.split(separator: ":").last ?? "") ?? 0
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let request = Array("GET /v1/projects/p HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    _ = write(descriptor, request, request.count)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0 { return (String(decoding: bytes, as: UTF8.self), errno) }
      if count == 0 { return (String(decoding: bytes, as: UTF8.self), 0) }
      bytes += buffer[..<count]
    }
  }

  private func bytes(_ fault: JSONValue) async throws -> (bytes: String, error: Int32) {
    _ = try await send(.post, FaultRoutes.path, ["fault": fault])
    return exchange()
  }

  @Test func everyFaultDoesOnTheWireWhatItSays() async throws {
    defer { end() }
    #expect(try await bytes(["reset": true]) == ("", ECONNRESET))
    #expect(try await bytes(["stall": 50]) == ("", ECONNRESET))
    #expect(try await bytes(["close": true]) == ("", 0))
    let half = try await bytes(["halfHeaders": true])
    #expect(half.error == 0)
    #expect(half.bytes.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(!half.bytes.contains("\r\n\r\n"))
    let short = try await bytes(["truncatedBody": ["bytes": 5]])
    #expect(short.error == 0)
    #expect(short.bytes.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(short.bytes.contains("Content-Length: 96\r\n"))
    #expect(short.bytes.hasSuffix("\r\n\r\n{\"err"))
    let open = try await bytes(["truncatedBody": ["bytes": 5, "framed": false]])
    #expect(!open.bytes.contains("Content-Length"))
    #expect(open.bytes.hasSuffix("Connection: close\r\n\r\n{\"err"))
  }

  @Test func anAnswerWithoutLengthCanBeCutShort() async throws {
    defer { end() }
    let result = try await outcome(
      ["truncatedBody": ["bytes": 20, "framed": false]], when: "after")
    // HTTP cannot show that it is incomplete, so the JSON reader must.
    #expect(result.kind == .ambiguous || result.message.utf8.count == 20)
  }

  @Test func aStallOutlastsTheClientsTimeout() async throws {
    // Stopping does not wait for it either.
    defer { end() }
    let result = try await outcome(["stall": 3_600_000], timeout: .milliseconds(300))
    #expect(result.kind == .ambiguous)
  }

  @Test func aDelayedAnswerComes() async throws {
    defer { end() }
    let start = ContinuousClock.now
    let result = try await outcome(["delay": 300], when: "after")
    #expect(result.kind == nil)
    #expect(ContinuousClock.now - start >= .milliseconds(300))
  }

  @Test func statusesKeepTheConnection() async throws {
    defer { end() }
    let script: JSONValue = ["fault": ["status": 429, "headers": ["Retry-After": "7"]]]
    #expect(try await send(.post, FaultRoutes.path, script).status == 200)
    let answer = try await send(.get, "/v1/projects/p")
    #expect(answer.status == 429)
    #expect(answer.headers["Retry-After"] == "7")
  }
}
