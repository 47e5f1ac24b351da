import JSON
import SandboxWire

/// An instruction: which requests fail, which of those, and how.
struct FaultScript: Sendable {
  /// The requests that a script is about; parts that are nil match every request.
  struct Match: Sendable {
    var method: String?
    /// With the verb, without the query. `*` matches within a segment, `**` anything.
    var path: Glob?
    /// A text that the body contains.
    var body: String?

    func fits(_ request: WireRequest) -> Bool {
      (method == nil || method == request.method) && (path?.fits(request.path) ?? true)
        && (body.map { String(decoding: request.body, as: UTF8.self).contains($0) } ?? true)
    }
  }

  let match: Match
  /// The first matching request that fails, counted from one.
  let nth: Int
  /// How many matching requests fail from then on; 0 means all of them.
  let count: Int
  /// The probability that each of them fails, in thousandths.
  let chance: Int
  let moment: FaultMoment
  let fault: Fault
  /// The script as it was sent.
  let source: JSONObject
  /// How many requests matched, and how many of those failed.
  var seen = 0
  var struck = 0

  /// Whether the script can still apply.
  var isLive: Bool { count == 0 || struck < count }

  init(_ body: Body) throws(APIError) {
    try body.allow("match", "nth", "count", "chance", "when", "fault")
    let part = try body.message("match") ?? Body()
    try part.allow("method", "path", "body")
    match = Match(
      method: try part.string("method")?.uppercased(),
      path: try part.string("path").map { Glob($0) }, body: try part.string("body"))
    nth = try body.integer("nth") ?? 1
    count = try body.integer("count") ?? 1
    chance = try body.integer("chance") ?? 1000
    guard nth >= 1, count >= 0, (1...1000).contains(chance) else {
      throw .invalid("nth counts from 1, count from 0, and chance is 1 to 1000 thousandths.")
    }
    guard let description = try body.message("fault") else {
      throw .badField("fault", "The fault is missing.")
    }
    fault = try Fault(description)
    let text = try body.string("when") ?? (fault.needsChange ? "after" : "before")
    guard let moment = FaultMoment(rawValue: text), moment == .after || !fault.needsChange else {
      throw .badField("when", "when is before or after; operation, lag and delay come after.")
    }
    self.moment = moment
    source = body.object
  }

  /// The form in `GET /_sandbox/faults`: the script and its progress.
  var json: JSONValue {
    var object = source
    object["seen"] = .integer(Int64(seen))
    object["struck"] = .integer(Int64(struck))
    return .object(object)
  }
}

/// A pattern for paths.
struct Glob: Sendable, Hashable {
  private enum Part: Sendable, Hashable {
    case byte(UInt8)
    case star
    case doubleStar
  }
  private let parts: [Part]

  init(_ pattern: String) {
    var parts: [Part] = []
    for byte in pattern.utf8 {
      if byte != UInt8(ascii: "*") {
        parts.append(.byte(byte))
      } else if parts.last == .star {
        parts[parts.count - 1] = .doubleStar
      } else if parts.last != .doubleStar {
        parts.append(.star)
      }
    }
    self.parts = parts
  }

  /// Whether the pattern matches the whole path. The work is at most the product of both lengths, whatever the pattern:
  /// a backtracking matcher could be driven to exponential time.
  func fits(_ path: String) -> Bool {
    // The positions in the pattern that are reachable after each byte, as in Thompson's matcher.
    var reached = [Bool](repeating: false, count: parts.count + 1)
    reached[0] = true
    skipStars(&reached)
    for byte in path.utf8 {
      var next = [Bool](repeating: false, count: parts.count + 1)
      for index in parts.indices where reached[index] {
        switch parts[index] {
        case .byte(let wanted): if wanted == byte { next[index + 1] = true }
        case .star: if byte != UInt8(ascii: "/") { next[index] = true }
        case .doubleStar: next[index] = true
        }
      }
      skipStars(&next)
      reached = next
    }
    return reached[parts.count]
  }

  /// Adds the positions after stars, which may match nothing.
  private func skipStars(_ reached: inout [Bool]) {
    for index in parts.indices where reached[index] {
      if case .byte = parts[index] { continue }
      reached[index + 1] = true
    }
  }
}
