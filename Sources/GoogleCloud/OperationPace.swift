import Synchronization

/// When to ask whether long-running operations are done, learned from those of a run.
///
/// Each operation is asked at first after a pause, and then at growing distances. What is learned is that first pause. As
/// long as nothing is, it is `usual`; an operation is never asked more often than with that pause.
struct OperationPace: Sendable {
  /// The pauses before each question about one operation.
  struct Pauses: Sendable {
    let first: Duration
    fileprivate let isProbe: Bool
    private var count = 0
    private var pause: Duration
    fileprivate static let longest = Duration.seconds(5)

    fileprivate init(first: Duration, isProbe: Bool) {
      self.first = first
      self.isProbe = isProbe
      pause = first
    }

    /// The next pause.
    mutating func next() -> Duration {
      count += 1
      switch count {
      case 1: break
      // The questions after a short first pause are those after the usual one.
      case 2 where first <= usual: pause = usual + usual * 3 / 2 - first
      case 3 where first <= usual: pause = usual * 9 / 4
      case 2: pause = first / 8
      default: pause = min(pause * 3 / 2, Self.longest)
      }
      return pause
    }
  }

  /// The first pause as long as nothing is known.
  static let usual = Duration.milliseconds(50)
  /// From which time on an operation that is still running makes the first pauses longer. Below, a longer pause would not
  /// save a question.
  private static let slow = Duration.milliseconds(1400)
  /// How many operations must have been done at the first question before a shorter pause is tried, at first, and how
  /// many of those that try it must be done before it counts.
  private static let (fewest, trials) = (8, 3)

  /// The shortest first pause that was enough.
  private var enough = usual
  /// The longest first pause that was not.
  private var tooShort = Duration.zero
  private var streak = 0
  private var proof = fewest
  private var isProbing = false
  private var probed = 0
  /// For how long every operation was seen running, at least; nil before the first one.
  private var running: Duration?

  /// The pauses for an operation that has just begun.
  mutating func begin() -> Pauses {
    if let running, running >= Self.slow {
      return Pauses(first: min(running / 2, Pauses.longest), isProbe: false)
    }
    let distance = enough - tooShort
    guard streak >= proof, !isProbing, distance > max(.milliseconds(5), enough / 4) else {
      return Pauses(first: enough, isProbe: false)
    }
    isProbing = true
    return Pauses(first: tooShort + distance / 2, isProbe: true)
  }

  /// Learns from the answer to the first question.
  mutating func learn(_ pauses: Pauses, isDone: Bool) {
    release(pauses)
    let first = pauses.first
    guard first <= Self.usual else { return }
    guard !isDone else {
      guard pauses.isProbe else { return streak += 1 }
      probed += 1
      guard probed >= Self.trials else { return }
      (enough, streak, probed) = (min(enough, first), 0, 0)
      return
    }
    if first < Self.usual {
      tooShort = max(tooShort, first)
      // A server of changing pace is tried more and more rarely.
      proof *= 2
    }
    if first >= enough { enough = Self.usual }
    (streak, probed) = (0, 0)
  }

  /// Learns from an operation that has ended.
  ///
  /// - Parameter lastSeen: the time after which it was last seen running; nil if it never was.
  mutating func learn(_ pauses: Pauses, lastSeen: Duration?) {
    let least = lastSeen ?? (pauses.first > Self.usual ? pauses.first / 2 : .zero)
    running = running.map { min($0, least) } ?? least
  }

  /// Gives up an operation of which nothing was learned.
  mutating func release(_ pauses: Pauses) {
    if pauses.isProbe { isProbing = false }
  }
}

/// The paces of all calls of a run that start operations.
final class OperationPaces: Sendable {
  private let paces = Mutex<[String: OperationPace]>([:])

  func begin(_ call: String) -> OperationPace.Pauses {
    paces.withLock { $0[call, default: OperationPace()].begin() }
  }

  /// Learns from the answer to the first question.
  func learn(_ call: String, _ pauses: OperationPace.Pauses, isDone: Bool) {
    paces.withLock { $0[call]?.learn(pauses, isDone: isDone) }
  }

  /// Learns from an operation that has ended.
  func learn(_ call: String, _ pauses: OperationPace.Pauses, lastSeen: Duration?) {
    paces.withLock { $0[call]?.learn(pauses, lastSeen: lastSeen) }
  }

  /// Forgets one that was given up.
  func release(_ call: String, _ pauses: OperationPace.Pauses) {
    paces.withLock { $0[call]?.release(pauses) }
  }
}
