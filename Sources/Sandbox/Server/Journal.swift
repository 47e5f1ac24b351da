import JSON
import SandboxIAM
import SandboxWire

/// The newest requests, some tens of thousands of them.
struct Journal: Sendable {
  private struct Entry: Sendable {
    let sequence: Int
    let time: Int64
    let method: String
    let text: JournalText
    var status: Int
    var caller: String
    var fault: String?
  }

  /// The limits on entries and on the total size of their bodies; beyond them the older half is dropped.
  static let maximumCount = 50_000
  static let maximumBytes = 64 << 20

  private var entries: [Entry] = []
  private var bytes = 0
  private var next = 1

  /// Records a request on arrival and returns its number.
  ///
  /// - Parameter text: prepared outside of the lock, because it takes time in proportion to the body.
  mutating func begin(_ method: String, _ text: JournalText, at time: Int64) -> Int {
    let entry = Entry(
      sequence: next, time: time, method: method, text: text, status: 0, caller: "")
    next += 1
    bytes += text.body.utf8.count
    entries.append(entry)
    if entries.count > Self.maximumCount || bytes > Self.maximumBytes { forget() }
    return entry.sequence
  }

  /// Records how the request was answered, and whose it was.
  ///
  /// - Parameter status: 0 if a fault kept the request from being carried out.
  mutating func end(_ sequence: Int, status: Int, caller: Principal?, fault: String? = nil) {
    // The entry may have been dropped while a slow request was running.
    guard let first = entries.first?.sequence, sequence >= first else { return }
    entries[sequence - first].status = status
    entries[sequence - first].caller = caller?.name ?? ""
    entries[sequence - first].fault = fault
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
      var object: JSONObject = [
        "seq": .integer(Int64(entry.sequence)), "time": .string(Timestamps.text(entry.time)),
        "method": .string(entry.method), "path": .string(entry.text.path),
        "query": .string(entry.text.query), "status": .integer(Int64(entry.status)),
      ]
      if !entry.caller.isEmpty { object["caller"] = .string(entry.caller) }
      if let fault = entry.fault { object["fault"] = .string(fault) }
      if !entry.text.body.isEmpty { object["body"] = .string(entry.text.body) }
      return .object(object)
    }
    return ["requests": .array(Array(shown))]
  }
}
