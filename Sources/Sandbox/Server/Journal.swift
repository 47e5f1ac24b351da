import JSON
import SandboxIAM
import SandboxWire
import Synchronization

/// A request in the journal.
final class JournalEntry: Sendable {
  let sequence: Int
  let time: Int64
  let method: String
  let text: JournalText

  /// How the request was answered, and whose it was.
  struct Outcome: Sendable {
    /// 0 until it is answered, and if a fault kept it from being carried out.
    var status = 0
    var caller = ""
    var fault: String?
  }
  private let end = Mutex(Outcome())

  init(sequence: Int, time: Int64, method: String, text: JournalText) {
    self.sequence = sequence
    self.time = time
    self.method = method
    self.text = text
  }

  /// Records how the request was answered, and whose it was. The journal may have dropped it while it was running.
  ///
  /// - Parameter status: 0 if a fault kept the request from being carried out.
  func end(status: Int, caller: Principal?, fault: String? = nil) {
    end.withLock { $0 = Outcome(status: status, caller: caller?.name ?? "", fault: fault) }
  }

  var outcome: Outcome { end.withLock { $0 } }
}

/// The newest requests, some tens of thousands of them.
struct Journal: Sendable {
  /// The limits on entries and on the total size of their bodies; beyond them the older half is dropped.
  static let maximumCount = 50_000
  static let maximumBytes = 64 << 20

  private var entries: [JournalEntry] = []
  private var bytes = 0
  private var next = 1

  /// Records a request on arrival. Its entry is ended without the journal, which only one thread can use at a time.
  ///
  /// - Parameter text: prepared outside of the lock, because it takes time in proportion to the body.
  mutating func begin(_ method: String, _ text: JournalText, at time: Int64) -> JournalEntry {
    let entry = JournalEntry(sequence: next, time: time, method: method, text: text)
    next += 1
    bytes += text.body.utf8.count
    entries.append(entry)
    if entries.count > Self.maximumCount || bytes > Self.maximumBytes { forget() }
    return entry
  }

  /// Drops the older half, so that dropping costs little per request.
  private mutating func forget() {
    let half = entries.count / 2
    bytes -= entries[..<half].reduce(0) { $0 + $1.text.body.utf8.count }
    entries.removeFirst(half)
  }

  /// The entries after number `since`, in order.
  func json(since: Int) -> JSONValue {
    let shown = entries.drop { $0.sequence <= since }.map { entry -> JSONValue in
      let outcome = entry.outcome
      var object: JSONObject = [
        "seq": .integer(Int64(entry.sequence)), "time": .string(Timestamps.text(entry.time)),
        "method": .string(entry.method), "path": .string(entry.text.path),
        "query": .string(entry.text.query), "status": .integer(Int64(outcome.status)),
      ]
      if !outcome.caller.isEmpty { object["caller"] = .string(outcome.caller) }
      if let fault = outcome.fault { object["fault"] = .string(fault) }
      if !entry.text.body.isEmpty { object["body"] = .string(entry.text.body) }
      return .object(object)
    }
    return ["requests": .array(Array(shown))]
  }
}
