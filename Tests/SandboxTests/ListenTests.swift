import Foundation
import HTTP
import Testing

@testable import Sandbox

/// The sandbox on another address than 127.0.0.1, for containers.
@Suite struct ListenTests {
  private let folder = NSTemporaryDirectory() + "arctl-listen-\(UUID().uuidString)"

  @Test(arguments: ["127.0.0.2", "0.0.0.0"])
  func bothAddressesAnswer(_ address: String) async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var options = SandboxServer.Options(dataDirectory: folder)
    options.listenAddress = address
    let server = try SandboxServer(options)
    defer { server.stop() }
    #expect(
      server.notes.count == 1 && server.notes[0].hasPrefix("warning: listening on \(address) "))
    let client = CurlTransport(.init(userAgent: "test"))
    defer { client.shutdown() }
    #expect(server.baseURL.hasPrefix("http://127.0.0.1:"))
    for host in ["127.0.0.1", "127.0.0.2"] {
      let url = server.baseURL.replacing("127.0.0.1", with: host)
      #expect(try await client.send(HTTPRequest(.get, "\(url)/_sandbox/clock")).status == 200)
      let foreign = HTTPRequest(.get, "\(url)/_sandbox/clock", headers: ["Host": "example.com"])
      #expect(try await client.send(foreign).status == 421)
      let container = HTTPRequest(
        .get, "\(url)/v1/roles", headers: ["Host": "host.docker.internal:1"])
      #expect(try await client.send(container).status == 401)
    }
  }

  @Test func theDefaultIsLoopbackAlone() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var options = SandboxServer.Options(dataDirectory: folder)
    options.listenAddress = "127.0.0.1"
    let server = try SandboxServer(options)
    defer { server.stop() }
    #expect(server.notes == [])
    let client = CurlTransport(.init(userAgent: "test"))
    defer { client.shutdown() }
    let url = server.baseURL.replacing("127.0.0.1", with: "127.0.0.2")
    let failure = await #expect(throws: HTTPFailure.self) {
      try await client.send(HTTPRequest(.get, "\(url)/_sandbox/clock"))
    }
    #expect(failure?.kind == .notSent)
  }

  /// An address of the test network (RFC 5737), which no machine has, and texts that are not addresses.
  @Test(arguments: ["192.0.2.77", "::", "localhost"])
  func anAddressOfAnotherMachineIsAnError(_ address: String) {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var options = SandboxServer.Options(dataDirectory: folder)
    options.listenAddress = address
    let error = #expect(throws: SandboxError.self) { try SandboxServer(options) }
    #expect(error?.message.contains(address) == true)
    // Nothing is left that would keep the folder or a port.
    options.listenAddress = nil
    #expect(throws: Never.self) { try SandboxServer(options).stop() }
  }

  @Test func theOwnPathsNeedTheOwnerFromAnotherMachine() throws {
    let test = try TestSandbox("my-project", enabling: ["iam.googleapis.com"])
    let other = test.account("another-account")
    func status(_ token: String?, _ method: String = "GET", path: String = "/_sandbox/clock") -> Int
    {
      var headers = ["host": "127.0.0.1:1"]
      headers["authorization"] = token.map { "Bearer \($0)" }
      return test.raw(method, path, headers: headers, isNear: false).status
    }
    for path in ["/_sandbox/clock", "/_sandbox/journal", "/_sandbox/faults", "/_sandbox/routes"] {
      #expect(status(nil, path: path) == 403)
      #expect(status(other.token, path: path) == 403)
      #expect(status("ya29.real", path: path) == 403)
      #expect(status(test.owner, path: path) == 200)
    }
    #expect(status(nil, "POST") == 403)
    #expect(test.raw("GET", "/_sandbox/clock", headers: ["host": "127.0.0.1:1"]).status == 200)
    // A path that is not the sandbox's own needs what it needs from this machine.
    #expect(status(other.token, path: "/v1/roles") == 200)
  }
}
