import JSON
import SandboxIAM
import SandboxWire

/// The requests that were seen, the newest few tens of thousands of them.
struct Journal: Sendable {
  private struct Entry: Sendable {
    let sequence: Int
    let time: Int64
    let method: String
    let path: String
    let query: String
    var status: Int
    var caller: String
    let body: String
    var fault: String?
  }

  /// At most this many entries and this many bytes of bodies are kept.
  static let maximumCount = 50_000
  static let maximumBytes = 64 << 20
  static let maximumBody = 64 << 10

  private var entries: [Entry] = []
  private var bytes = 0
  private var next = 1

  /// Notes a request as it arrives and gives its number.
  mutating func begin(_ request: WireRequest, at time: Int64) -> Int {
    let entry = Entry(
      sequence: next, time: time, method: request.method, path: request.path, query: request.query,
      status: 0, caller: "", body: Self.shown(request))
    next += 1
    bytes += entry.body.utf8.count
    entries.append(entry)
    if entries.count > Self.maximumCount || bytes > Self.maximumBytes { forget() }
    return entry.sequence
  }

  /// Notes how it was answered, and to whom.
  ///
  /// - Parameter status: 0 when a fault kept it from being carried out.
  mutating func end(_ sequence: Int, status: Int, caller: Principal?, fault: String? = nil) {
    guard let first = entries.first?.sequence, sequence >= first else { return }
    entries[sequence - first].status = status
    entries[sequence - first].caller = caller?.email ?? ""
    entries[sequence - first].fault = fault
  }

  /// Drops the older half.
  private mutating func forget() {
    let half = entries.count / 2
    bytes -= entries[..<half].reduce(0) { $0 + $1.body.utf8.count }
    entries.removeFirst(half)
  }

  /// The entries after number `since`, in order.
  func json(since: Int) -> JSONValue {
    let shown = entries.drop { $0.sequence <= since }.map { entry -> JSONValue in
      var object: JSONObject = [
        "seq": .integer(Int64(entry.sequence)), "time": .string(Timestamps.text(entry.time)),
        "method": .string(entry.method), "path": .string(entry.path),
        "query": .string(entry.query), "status": .integer(Int64(entry.status)),
      ]
      if !entry.caller.isEmpty { object["caller"] = .string(entry.caller) }
      if let fault = entry.fault { object["fault"] = .string(fault) }
      if !entry.body.isEmpty { object["body"] = .string(entry.body) }
      return .object(object)
    }
    return ["requests": .array(Array(shown))]
  }

  /// The body as text; a credential in it is not shown.
  private static func shown(_ request: WireRequest) -> String {
    if request.body.isEmpty { return "" }
    if request.path == "/token" || request.path == "/v1/token" { return "(a credential)" }
    let text = String(decoding: request.body.prefix(maximumBody), as: UTF8.self)
    return text.contains("PRIVATE KEY") ? "(held a private key; not kept)" : text
  }
}
