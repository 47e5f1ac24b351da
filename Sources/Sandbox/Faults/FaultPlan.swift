import JSON
import SandboxWire

/// The active fault scripts, in the order in which they were added.
struct FaultPlan: Sendable {
  private var scripts: [FaultScript] = []
  private var random = SeededRandom(seed: 0)

  /// The limit on active scripts: each request is compared with all of them.
  private static let maximumScripts = 10_000

  /// The fault of a request: that of the first active script that matches and applies. Every matching script counts the
  /// request, so that `nth` does not depend on other scripts.
  mutating func next(for request: WireRequest) -> (fault: Fault, moment: FaultMoment)? {
    var injection: (fault: Fault, moment: FaultMoment)?
    for index in scripts.indices where scripts[index].isLive {
      guard scripts[index].match.fits(request) else { continue }
      scripts[index].seen += 1
      guard injection == nil, scripts[index].seen >= scripts[index].nth,
        random.next(below: 1000) < scripts[index].chance
      else { continue }
      scripts[index].struck += 1
      injection = (scripts[index].fault, scripts[index].moment)
    }
    scripts.removeAll { !$0.isLive }
    return injection
  }

  /// Adds one script, or `{"faults": [...], "seed": 1}`. The seed restarts the random numbers.
  mutating func add(_ body: Body) throws(APIError) {
    guard body.has("faults") || body.has("seed") else {
      try append([try FaultScript(body)])
      return
    }
    try body.allow("faults", "seed")
    var added: [FaultScript] = []
    for part in try body.messages("faults") ?? [] { added.append(try FaultScript(part)) }
    try append(added)
    if let seed = try body.integer("seed") {
      random = SeededRandom(seed: UInt64(bitPattern: Int64(seed)))
    }
  }

  private mutating func append(_ added: [FaultScript]) throws(APIError) {
    guard scripts.count + added.count <= Self.maximumScripts else {
      throw .invalid("At most \(Self.maximumScripts) fault scripts can be in force.")
    }
    scripts += added
  }

  /// Removes all scripts.
  mutating func removeAll() { scripts.removeAll() }

  /// The remaining scripts.
  var json: JSONValue { ["faults": .array(scripts.map(\.json))] }
}

/// Random numbers that are the same for the same seed (SplitMix64), so that a test can repeat a run.
struct SeededRandom: Sendable {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  /// The next number from 0 to below the limit.
  mutating func next(below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(max(1, limit)))
  }
}
