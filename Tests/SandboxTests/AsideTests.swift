import Dispatch
import Foundation
import JSON
import Platform
import SandboxStore
import Synchronization
import Testing

@testable import Sandbox
@testable import SandboxPackages
@testable import SandboxWire

/// What may take long or wait for the disk does not keep a thread of the server.
@Suite struct AsideTests {
  /// Answers that came later, in order.
  private final class Answers: Sendable {
    private let all = Mutex<[WireResponse]>([])
    private let added = DispatchSemaphore(value: 0)

    func add(_ response: WireResponse) {
      all.withLock { $0.append(response) }
      added.signal()
    }
    func next() -> WireResponse? {
      added.wait()
      return all.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }
    var count: Int { all.withLock { $0.count } }
  }

  private let helpers: Workers
  private let sandbox: TestSandbox
  private let keys: String
  private let answers = Answers()

  init() throws {
    helpers = try Workers(threads: 1)
    sandbox = try TestSandbox("my-project", helpers: helpers)
    keys = "/v1/projects/-/serviceAccounts/\(sandbox.account("worker").email)/keys"
  }

  private func send(
    _ method: String, _ target: String, host: String = "127.0.0.1:1", isNear: Bool = true
  ) -> WireResponse? {
    let headers = ["host": host, "authorization": "Bearer \(sandbox.owner)"]
    return sandbox.sandbox.answer(
      WireRequest(
        method: method, target: target, headers: headers, body: [], isFromThisMachine: isNear)
    ) { answers.add($0) }
  }

  @Test func otherAnswersDoNotWait() throws {
    defer { helpers.end() }
    let isHeld = DispatchSemaphore(value: 0)
    helpers.call { isHeld.wait() }

    #expect(send("POST", keys) == nil)
    #expect(send("GET", "/python/my-project/none/simple/", host: "us-python.pkg.dev") == nil)
    #expect(send("GET", "/user", host: "api.github.com") == nil)
    #expect(send("GET", "/_sandbox/journal") == nil)
    #expect(send("GET", "/_sandbox/clock", isNear: false) == nil)
    #expect(send("GET", keys)?.status == 200)
    #expect(send("GET", "/_sandbox/clock")?.status == 200)
    #expect(answers.count == 0)

    isHeld.signal()
    #expect(answers.next()?.status == 200)
    #expect(sandbox.call("GET", keys)["keys"]?.array?.count == 2)
    #expect((1...4).compactMap { _ in answers.next() }.count == 4)
  }

  @Test func theReasonWhyAKeyIsRefusedComesLaterToo() throws {
    defer { helpers.end() }
    let nobody = "nobody@my-project.iam.gserviceaccount.com"
    #expect(send("POST", "/v1/projects/-/serviceAccounts/\(nobody)/keys") == nil)
    #expect(answers.next()?.status == 404)
  }
}
