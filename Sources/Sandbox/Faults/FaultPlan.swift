import JSON
import SandboxWire

/// The scripts that are in force, in the order in which they came.
struct FaultPlan: Sendable {
  private var scripts: [FaultScript] = []
  private var random = SeededRandom(seed: 0)

  /// At most so many scripts at a time.
  private static let maximumScripts = 10_000

  /// What strikes a request: the first live script that it fits. Every script that fits counts it.
  mutating func next(for request: WireRequest) -> (fault: Fault, moment: FaultMoment)? {
    var strike: (fault: Fault, moment: FaultMoment)?
    for index in scripts.indices where scripts[index].isLive {
      guard scripts[index].match.fits(request) else { continue }
      scripts[index].seen += 1
      guard strike == nil, scripts[index].seen >= scripts[index].nth,
        random.next(below: 1000) < scripts[index].chance
      else { continue }
      scripts[index].struck += 1
      strike = (scripts[index].fault, scripts[index].moment)
    }
    scripts.removeAll { !$0.isLive }
    return strike
  }

  /// Adds one script, or `{"faults": [...], "seed": 1}`; the seed starts the random numbers again.
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

  mutating func removeAll() { scripts.removeAll() }

  /// What is left.
  var json: JSONValue { ["faults": .array(scripts.map(\.json))] }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededRandom: Sendable {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next(below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(max(1, limit)))
  }
}
