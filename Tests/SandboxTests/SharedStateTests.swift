import Foundation
import Platform
import SandboxPackages
import Synchronization
import Testing

@testable import Sandbox
@testable import SandboxStore
@testable import SandboxWire

/// A row that cannot be written, or whose writing takes until a test lets it go on.
private struct Note: Record {
  static var table: String { "note" }
  static var lag: LagRule { .hidden }
  let id: String
  var text: String
  var key: String { id }
  var parent: String? { "notes" }
  var names: [String] { [] }

  private enum CodingKeys: String, CodingKey { case id, text }
  private struct Unwritable: Error {}

  func encode(to encoder: any Encoder) throws {
    if text == "unwritable" { throw Unwritable() }
    if let pause = Pause.named(text) { pause.pass() }
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(text, forKey: .text)
  }
}

/// A place where one thread stops until another lets it go on.
private final class Pause: Sendable {
  private static let all = Mutex<[String: Pause]>([:])
  private let reached = DispatchSemaphore(value: 0)
  private let goOn = DispatchSemaphore(value: 0)

  static func named(_ name: String) -> Pause? { all.withLock { $0[name] } }

  init(_ name: String) { Self.all.withLock { $0[name] = self } }

  func pass() {
    reached.signal()
    goOn.wait()
  }
  func awaitIt() { reached.wait() }
  func letGo() { goOn.signal() }
}

/// What is answered, in order.
private final class Log: Sendable {
  private let entries = Mutex<[String]>([])
  private let added = DispatchSemaphore(value: 0)

  func add(_ text: String) {
    entries.withLock { $0.append(text) }
    added.signal()
  }
  func wait(for count: Int) -> [String] {
    for _ in 0..<count { added.wait() }
    return all
  }
  var all: [String] { entries.withLock { $0 } }
}

/// Changes that arrive together are written together, and nothing is seen or answered before it is on disk.
@Suite struct SharedStateTests {
  private static let records: [any Record.Type] = [Note.self, PackageFileRecord.self]
  private let database: SQLiteDatabase
  private let writer: Workers
  private let shared: SharedState
  private let log = Log()
  private let answers = Log()

  init() throws {
    database = try SQLiteDatabase(path: ":memory:")
    writer = try Workers(threads: 1)
    shared = SharedState(
      try State(records: Self.records), on: database, blobs: nil, writer: writer
    ) { [log] in log.add($0) }
  }

  /// Adds changes while the writer is busy, so that it finds all of them at once.
  private func together(_ changes: [SharedState.Work]) {
    let busy = Pause(UUID().uuidString)
    writer.call { busy.pass() }
    busy.awaitIt()
    for change in changes { shared.add(isRead: false, change) }
    busy.letGo()
  }

  /// A change that adds a note, with the number of those before it unless a text is given.
  private func adding(_ id: String, _ text: String? = nil) -> SharedState.Work {
    { [answers, database] core in
      core.state.put(Note(id: id, text: text ?? "\(core.state[Note.self].rows.count)"))
      return { failure in
        answers.add("\(id) \(failure == nil ? "stored" : "failed") \(database.transactions)")
      }
    }
  }

  /// The texts of the notes by id.
  private func notes(_ state: State) -> [String: String] { state[Note.self].rows.mapValues(\.text) }

  private func notesOnDisk() throws -> [String: String] {
    notes(try State(records: Self.records, loadingFrom: database))
  }

  @Test func whatArrivesTogetherIsOneTransaction() throws {
    defer { writer.end() }
    together((0..<20).map { adding("\($0)") })
    // In order, each on what the one before it left, and answered after the transaction.
    #expect(answers.wait(for: 20) == (0..<20).map { "\($0) stored 1" })
    #expect(database.transactions == 1)
    let expected = Dictionary(uniqueKeysWithValues: (0..<20).map { ("\($0)", "\($0)") })
    #expect(try notesOnDisk() == expected)
    #expect(shared.read { notes($0.state) } == expected)
  }

  @Test func aChangeThatIsRefusedUndoesOnlyItself() throws {
    defer { writer.end() }
    let refused: SharedState.Work = { [answers] core in
      core.state.put(Note(id: "a", text: "overwritten"))
      core.state.put(Note(id: "no", text: "no"))
      core.state.rollback()
      return { _ in answers.add("refused") }
    }
    together([adding("a"), refused, adding("b")])
    #expect(answers.wait(for: 3) == ["a stored 1", "refused", "b stored 1"])
    #expect(try notesOnDisk() == ["a": "0", "b": "1"])
  }

  /// The others are carried out again without the one that cannot be written: none may rest on what it saw of it.
  @Test func aChangeThatCannotBeWrittenFailsAlone() throws {
    defer { writer.end() }
    var changes = (0..<5).map { adding("\($0)") }
    changes[2] = adding("2", "unwritable")
    together(changes)
    #expect(
      answers.wait(for: 5) == [
        "0 stored 1", "1 stored 2", "2 failed 2", "3 stored 3", "4 stored 4",
      ])
    let expected = ["0": "0", "1": "1", "3": "2", "4": "3"]
    #expect(try notesOnDisk() == expected)
    #expect(shared.read { notes($0.state) } == expected)
    #expect(log.all == Array(repeating: "the store failed: cannot encode note 2", count: 2))
  }

  @Test func aFailedChangeHidesNothing() {
    defer { writer.end() }
    let hidden: SharedState.Work = { [answers] core in
      core.state.put(Note(id: "a", text: "unwritable"))
      core.lag.hide(core.state, for: .reads(9), realNow: 0)
      return { _ in answers.add("failed") }
    }
    together([hidden, adding("b")])
    _ = answers.wait(for: 2)
    #expect(shared.read { $0.lag.isEmpty })
  }

  @Test func readsWaitForWhatIsBeingWritten() {
    defer { writer.end() }
    let name = UUID().uuidString
    let pause = Pause(name)
    let written = adding("a", name)
    shared.add(isRead: false, written)
    pause.awaitIt()
    // The change is in memory and not on disk: nobody sees it, and who does not read the state need not wait.
    #expect(shared.readNow { $0.state[Note.self].rows.count } == nil)
    #expect(shared.withRecords { $0.faults.json.object?.count } == 1)
    shared.add(isRead: true) { [answers] core in
      let found = core.state[Note.self].rows.count
      return { _ in answers.add("read \(found)") }
    }
    #expect(answers.all == [])
    pause.letGo()
    #expect(answers.wait(for: 2) == ["a stored 1", "read 1"])
    #expect(shared.readNow { $0.state[Note.self].rows.count } == 1)
  }

  @Test func readsNeedNotWaitForEachOther() {
    defer { writer.end() }
    let (inside, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    Thread.detachNewThread { [shared, answers] in
      let wasHeldUp = shared.readNow { _ in
        inside.signal()
        // Only a lock for one thread at a time lets it wait as long as that.
        return goOn.wait(timeout: .now() + 60) == .timedOut
      }
      answers.add("\(wasHeldUp == true ? "held up" : "read")")
    }
    inside.wait()
    #expect(shared.readNow { $0.state[Note.self].rows.count } == 0)
    goOn.signal()
    #expect(answers.wait(for: 1) == ["read"])
  }

  @Test func aReadThatChangesSomethingIsAChange() throws {
    defer { writer.end() }
    #expect(shared.readNow { $0.state.put(Note(id: "a", text: "")) } == nil)
    #expect(shared.read { notes($0.state) } == [:])
    shared.add(isRead: true, adding("a"))
    #expect(answers.wait(for: 1) == ["a stored 1"])
    #expect(try notesOnDisk() == ["a": "0"])
  }

  /// Threads that wait for their own turn, and changes that gather, at the same time.
  @Test func everyChangeGetsItsTurn() async throws {
    defer { writer.end() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask {
          for number in 0..<25 {
            shared.add(isRead: false, adding("added \(task) \(number)", ""))
            try shared.change { (core) throws(APIError) in
              core.state.put(Note(id: "changed \(task) \(number)", text: ""))
            }
          }
        }
      }
      try await group.waitForAll()
    }
    _ = answers.wait(for: 200)
    #expect(try notesOnDisk().count == 400)
  }
}
