import HTTP
import JSON
import Model
import Synchronization
import TestSupport
import Testing

@testable import Keys

/// What a plan took for dead or absent is checked again before anything is created: a live private half is never
/// replaced, and a second key never goes unreported.
@Suite struct KeyStaleReadTests {
  private static let path = "/v1/projects/p/serviceAccounts/\(Make.email)/keys"

  private func failure(
    _ stage: KeyStage, _ order: KeyAction
  ) async throws -> OperationFailure {
    defer { stage.files.releaseLocks() }
    do throws(OperationFailure) {
      _ = try await stage.carryOut(order)
    } catch {
      return error
    }
    Issue.record("\(order) succeeded")
    throw CancellationError()
  }

  /// Another run deletes a key between this one's list and its GET: the plan lists the keys again.
  @Test func aKeyThatVanishesDuringAReadIsGone() async throws {
    let stage = KeyStage(origin: .uploaded)
    _ = try await stage.apply().get()
    let other = KeyStage(beside: stage)
    let server = stage.server
    server.inject(nil)
    server.interleave(after: 1) { server.remove("key1") }
    #expect(try await other.plan().action == .create)
    #expect(server.keys.isEmpty)
  }

  /// A list that keeps naming a key that a GET does not find says neither that it lives nor that it is gone.
  @Test func aKeyThatTheListKeepsNamingIsUnreadable() async throws {
    let stage = KeyStage(origin: .uploaded)
    _ = try await stage.apply().get()
    stage.server.refuse(
      "GET \(Self.path)/key1", 404, ["error": ["code": 404, "status": "NOT_FOUND"]])
    let change = try await KeyStage(beside: stage).plan()
    #expect(change.action == .unreadable)
    #expect(
      change.reason?.text.hasSuffix("the list names a key that cannot be read; try again") == true)
  }

  /// The plan's list of accounts or keys was stale: the key in the file is live.
  @Test(arguments: DesiredKey.Origin.made, [false, true])
  func theFileOfALiveKeyIsNotReplaced(origin: DesiredKey.Origin, listIsStale: Bool) async throws {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    try await stage.clock.sleep(for: .seconds(3600))
    if listIsStale { stage.server.refuse("GET \(Self.path)", 200, [:]) }
    let file = try stage.file()
    #expect(try await failure(stage, .reissue(replacing: "key1")).kind == .stale)
    #expect(try stage.file() == file)
    #expect(stage.server.keys.count == 1)
  }

  /// A file that is not proven dead is kept, whatever order replaces it.
  @Test(arguments: DesiredKey.Origin.made, [403, 500])
  func filesOfUndecidedKeysAreKept(origin: DesiredKey.Origin, status: Int) async throws {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    try await stage.clock.sleep(for: .seconds(3600))
    let bytes = stage.files.contents["\(stage.directory)/uploader-key.json"]
    stage.server.refuse(
      "GET \(Self.path)/key1", status,
      [
        "error": [
          "code": .integer(Int64(status)), "message": "no",
          "status": .string(status == 403 ? "PERMISSION_DENIED" : "INTERNAL"),
        ]
      ])
    #expect(try await failure(stage, .reissue(replacing: "key1")).kind != .stale)
    #expect(stage.files.contents["\(stage.directory)/uploader-key.json"] == bytes)
    _ = try await stage.carryOut(.supersede(["key1"]))
    #expect(stage.files.contents["\(stage.directory)/.uploader-key.json.key1.old"] == bytes)
    #expect(try stage.file()["private_key_id"] == "key2")
  }

  /// A key became visible, or was created elsewhere, after the plan found none.
  @Test(arguments: DesiredKey.Origin.made) func aKeyUnknownToThePlanStopsTheOperation(
    origin: DesiredKey.Origin
  ) async throws {
    let other = KeyStage(origin: origin)
    _ = try await other.apply().get()
    let stage = KeyStage(beside: other)
    for order in [KeyAction.issue, .supersede(["key9"])] {
      let failure = try await failure(stage, order)
      #expect(failure.kind == .key)
      #expect(
        failure.message.contains("key1 of \(Make.email) is live although the plan did not list it"))
      #expect(failure.help.contains("keys delete key1 --iam-account=\(Make.email)"))
    }
    #expect(stage.server.keys.count == 1)
    #expect(stage.files.contents.keys.sorted() == ["\(stage.directory)/.lock"])
    // With the flag it is created, in addition to the one that the plan named.
    _ = try await stage.carryOut(.supersede(["key1"]))
    #expect(stage.server.keys.count == 2)
  }

  /// A complete apply of another machine before, and after, every single request of this one.
  @Test(arguments: DesiredKey.Origin.made) func twoMachinesReportTwoKeys(
    origin: DesiredKey.Origin
  ) async throws {
    let alone = KeyStage(origin: origin)
    _ = try await alone.apply().get()
    for number in 1...alone.server.requests.count {
      for isBefore in [true, false] {
        let one = KeyStage(origin: origin)
        let two = KeyStage(beside: one)
        let results = Results()
        let action: @Sendable () async -> Void = { await results.add(try? await two.apply()) }
        if isBefore {
          one.server.interleave(before: number, action)
        } else {
          one.server.interleave(after: number, action)
        }
        await results.add(try await one.apply())
        let what = "\(origin), \(isBefore ? "before" : "after") request \(number)"
        let failures = await results.failures
        guard one.server.keys.count > 1 else { continue }
        #expect(!failures.isEmpty, "\(what)")
        for failure in failures {
          #expect(failure.kind == .key, "\(what)")
          for key in one.server.keys {
            #expect(failure.message.contains(key.id), "\(what): \(failure.message)")
            #expect(failure.help.contains("keys delete \(key.id) "), "\(what): \(failure.help)")
          }
        }
      }
    }
  }

  /// Both machines list before either creates its key, and both look again afterwards: both report both keys.
  @Test(arguments: DesiredKey.Origin.made) func bothMachinesReportTheOther(
    origin: DesiredKey.Origin
  ) async throws {
    var one = KeyStage(origin: origin)
    var two = KeyStage(beside: one)
    let server = one.server
    let making = Counter()
    let gate: @Sendable (HTTPRequest) async -> Void = { request in
      if request.method == .post, request.url.contains("/keys") {
        making.add()
        while making.count < 2 { await Task.yield() }
      } else if making.count == 2 {
        while server.keys.count < 2 { await Task.yield() }
      }
    }
    (one.gate, two.gate) = (gate, gate)
    let (first, second) = (one, two)
    async let other = second.apply()
    for result in [try await first.apply(), try await other] {
      guard case .failure(let failure) = result else {
        Issue.record("it succeeded")
        continue
      }
      #expect(failure.kind == .key)
      for id in ["key1", "key2"] {
        #expect(failure.message.contains(id))
        #expect(failure.help.contains("keys delete \(id) "))
      }
    }
  }

  /// An unreadable answer says nothing about the key.
  @Test(
    arguments: DesiredKey.Origin.made,
    [
      ["keyOrigin": .null], ["keyOrigin": "ORIGIN_UNSPECIFIED"], ["keyOrigin": "SOMETHING_NEW"],
      ["keyOrigin": 7], ["disabled": "true"], ["disabled": .null], ["validBeforeTime": "soon"],
      ["validAfterTime": 12],
      ["name": "projects/p/serviceAccounts/x@p.iam.gserviceaccount.com/keys/key1"],
      ["name": "keys/key1"],
      ["name": .string("projects/p/serviceAccounts/\(Make.email)/keys/key1 ")],
    ] as [JSONObject]) func anUnreadableKeyMakesTheListUnreadable(
      origin: DesiredKey.Origin, fields: JSONObject
    ) async throws
  {
    let stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    stage.files.restart()
    stage.server.show(fields, of: "key1")
    #expect(try await stage.plan().action == .unreadable)
    #expect(try await stage.plan(reissue: true).action == .unreadable)
  }

  /// Google's error for times that it does not accept says nothing about the key.
  @Test func aWrongClockDoesNotProveThatAKeyIsDead() async throws {
    let stage = KeyStage(origin: .google)
    _ = try await stage.apply().get()
    stage.files.restart()
    try await stage.clock.sleep(for: .seconds(3600))
    stage.server.setLag(0)
    stage.server.remove("key1")
    stage.server.refuse(
      "POST /token", 400,
      [
        "error": "invalid_grant",
        "error_description":
          "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
      ])
    #expect(try await stage.plan().action == .unreadable)
  }

  /// If the key is declared absent, a list that omits it does not remove its file.
  @Test(arguments: DesiredKey.Origin.made) func aStaleListDoesNotRemoveTheFileOfALiveKey(
    origin: DesiredKey.Origin
  ) async throws {
    var stage = KeyStage(origin: origin)
    _ = try await stage.apply().get()
    try await stage.clock.sleep(for: .seconds(3600))
    stage.files.restart()
    stage.key.lifecycle.ensure = .absent
    stage.server.refuse("GET \(Self.path)", 200, [:])
    #expect(try await stage.plan().key == .delete(keyID: "key1"))
    #expect(try await failure(stage, .removeLeftovers).kind == .stale)
    #expect(try stage.file()["private_key_id"] == "key1")
    // Nor does a server that does not find a key that still signs in.
    stage.server.refuse(
      "\(Self.path)/key1", 404,
      ["error": ["code": 404, "message": "no", "status": "NOT_FOUND"]])
    _ = try await failure(stage, .delete(keyID: "key1"))
    #expect(try stage.file()["private_key_id"] == "key1")
  }
}

/// The outcomes of several applies.
private actor Results {
  private(set) var failures: [OperationFailure] = []
  func add(_ result: Result<OperationResult, OperationFailure>?) {
    if case .failure(let failure)? = result { failures.append(failure) }
  }
}

/// A counter.
private final class Counter: Sendable {
  private let value = Mutex(0)
  var count: Int { value.withLock { $0 } }
  func add() { value.withLock { $0 += 1 } }
}
