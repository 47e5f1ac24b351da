public import HTTP
import JSON
public import Platform
import Synchronization

/// What all calls of one run share: transport, clock, deadline, retry budget and counters.
public final class RequestContext: Sendable {
  /// The limits of a run.
  public struct Limits: Sendable, Hashable {
    /// The time of the run, from its creation.
    public var timeout: Duration
    /// The maximum of reads in flight.
    public var reads: Int
    /// The maximum of writes in flight.
    public var writes: Int
    /// The maximum of tries of one call.
    public var tries: Int
    /// The maximum time of one exchange.
    public var requestTimeout: Duration

    /// The usual limits, except for those that are given.
    public init(
      timeout: Duration = .seconds(1800), reads: Int = 64, writes: Int = 10, tries: Int = 4,
      requestTimeout: Duration = .seconds(60)
    ) {
      self.timeout = timeout
      self.reads = reads
      self.writes = writes
      self.tries = tries
      self.requestTimeout = requestTimeout
    }
  }

  /// What a run has requested.
  public struct Statistics: Sendable, Hashable {
    /// Calls of APIs and fetches of tokens. A repeated call counts once.
    public var calls = 0
    /// Requests that the transport sent.
    public var requests = 0
    /// Requests that repeat an earlier one of the same call.
    public var retries = 0
  }

  /// The clock of this machine: for what is only measured, and for the times of files.
  public let clock: any Clock
  /// The source of jitter.
  public let random: any RandomSource
  /// The limits of this run.
  public let limits: Limits
  let transport: any HTTPTransport
  let observer: RequestObserver?
  /// What this run has sent and no answer may contain.
  package let sentSecrets = SentSecrets()
  /// Large answers are parsed one at a time, because their values take many times the memory of their text.
  private let largeAnswers = Slots(1)
  private let weight = Atomic<Int>(0)
  private let end: Mutex<Duration>
  private let counters = Mutex(Statistics())
  private let server = Mutex(ServerClock())

  /// A run that starts now.
  public init(
    transport: any HTTPTransport, clock: any Clock, random: any RandomSource,
    limits: Limits = Limits(), observer: RequestObserver? = nil
  ) {
    self.transport = transport
    self.clock = clock
    self.random = random
    self.limits = limits
    self.observer = observer
    self.end = Mutex(clock.uptime + limits.timeout)
  }

  /// The counters at this moment.
  public var statistics: Statistics { counters.withLock { $0 } }

  /// The time by which dates are compared and written, in Unix seconds: the server's as far as it is known, otherwise
  /// this machine's.
  public var serverNow: Double { clock.now + serverLead }

  /// How many seconds the server's clock is ahead of this machine's; 0 if it is about the same, or not known.
  public var serverLead: Double { server.withLock { $0.lead } }

  /// Whether an answer has said what the server's time is: later ones are not asked.
  var knowsServerTime: Bool { server.withLock { $0.isKnown } }

  /// Learns the server's time from an exchange that began at `start` and has just ended.
  func learn(_ time: Double, from start: Double, tolerance: Double) {
    let end = clock.now
    server.withLock { $0.learn(time, from: start, to: end, tolerance: tolerance) }
  }

  /// The remaining time of the run; never negative.
  public var remaining: Duration { max(.zero, end.withLock { $0 } - clock.uptime) }

  /// Limits the remaining time: what is in flight ends within it, or is given up.
  public func end(within time: Duration) {
    let latest = clock.uptime + time
    end.withLock { $0 = min($0, latest) }
  }

  /// Sends one request once. Counts it, reports it to the observer, and limits it to the run's deadline.
  ///
  /// `shownURL` replaces the URL for observers if its query contains secrets.
  package func send(
    _ request: HTTPRequest, shownURL: String? = nil
  ) async throws(HTTPFailure) -> HTTPResponse {
    var request = request
    request.timeout = min(request.timeout, max(remaining, .milliseconds(1)))
    counters.withLock { $0.requests += 1 }
    let start = clock.uptime
    func observe(_ status: Int?, _ failure: String?) {
      observer?(
        RequestRecord(
          method: request.method, url: shownURL ?? request.url, status: status,
          failure: failure, duration: clock.uptime - start))
    }
    do {
      let response = try await transport.send(request)
      observe(response.status, nil)
      return response
    } catch {
      observe(nil, error.message)
      throw error
    }
  }

  /// The limit on all answers of one reading together, in bytes of text plus 64 for each value of a large answer: they
  /// are kept until the plan is made.
  static let maximumWeight = 512 << 20

  static let readingTooLarge =
    "the answers of this reading are larger than \(maximumWeight >> 20) MiB together; this one is ignored"

  /// Starts a new reading: earlier answers do not count any more.
  public func beginReading() { weight.store(0, ordering: .relaxed) }

  /// Adds an answer to the reading, and returns whether it fits.
  func admits(_ body: [UInt8]) -> Bool {
    let values = body.count > 1 << 16 ? JSONValue.valueCount(of: body) : 0
    return weight.add(body.count + 64 * values, ordering: .relaxed).newValue
      <= RequestContext.maximumWeight
  }

  /// The size from which an answer may take more memory than many others together.
  static let largeAnswer = 2 << 20

  /// Parses an answer; a large one when no other large one is being parsed.
  func parse<Result: Sendable>(
    _ response: HTTPResponse, _ body: (HTTPResponse) -> Result
  ) async -> Result {
    guard response.body.count > RequestContext.largeAnswer else { return body(response) }
    return await largeAnswers.run { body(response) } ?? body(response)
  }

  /// Counts a call, which may take several requests.
  package func countCall() { counters.withLock { $0.calls += 1 } }

  /// Waits before try `attempt` + 1, if tries, budget and time allow it.
  ///
  /// `cause` is the failure in a word, for observers. Returns false if the call must give up with its error.
  package func waitToRepeat(
    after attempt: Int, delay: Duration?, isRateLimit: Bool, because cause: String
  ) async throws(CancellationError) -> Bool {
    guard attempt < limits.tries else { return false }
    let pause = delay ?? jitter(attempt: attempt, isRateLimit: isRateLimit)
    guard pause < remaining, takeRetry() else { return false }
    let observer = Self.pauseObserver
    observer?.report(Pause(cause: cause, end: clock.uptime + pause))
    defer { observer?.report(nil) }
    try await clock.sleep(for: pause)
    return true
  }

  /// Learns of the waits of the current task's calls.
  @TaskLocal public static var pauseObserver: PauseObserver?

  /// Learns when a call begins to wait before it is repeated.
  ///
  /// A class, because a task-local value that is a closure crashes optimised programs of Swift 6.3 when it is set.
  public final class PauseObserver: Sendable {
    /// Called with the wait, and with nil when the call goes on.
    public let report: @Sendable (Pause?) -> Void
    /// Takes the function to call.
    public init(_ report: @escaping @Sendable (Pause?) -> Void) { self.report = report }
  }

  /// Learns when the current task's calls do nothing but wait until the server has finished an operation.
  @TaskLocal public static var waitObserver: WaitObserver?

  /// Learns when a call begins to wait for an operation of the server, and when it ends.
  public final class WaitObserver: Sendable {
    /// Called with true at the beginning and with false at the end.
    public let report: @Sendable (Bool) -> Void
    /// Takes the function to call.
    public init(_ report: @escaping @Sendable (Bool) -> Void) { self.report = report }
  }

  /// The wait of a call before it is repeated.
  public struct Pause: Sendable, Hashable {
    /// The failure of the last try, in a word: `503`.
    public let cause: String
    /// The uptime at which the next try starts.
    public let end: Duration
  }

  /// Takes one retry from the budget: max(10, 20 % of the calls). A limit in proportion keeps a failing service from
  /// being flooded.
  private func takeRetry() -> Bool {
    counters.withLock {
      guard $0.retries < max(10, $0.calls / 5) else { return false }
      $0.retries += 1
      return true
    }
  }

  /// Full jitter below 1, 4 and 16 s; for a quota per minute between 1 s and 4, 16 and 60 s.
  private func jitter(attempt: Int, isRateLimit: Bool) -> Duration {
    let step = min(attempt + (isRateLimit ? 1 : 0), 4)
    let ceiling: Double = [1, 4, 16, 60][step - 1]
    let floor: Double = isRateLimit ? 1 : 0
    let bits = random.bytes(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let fraction = Double(bits) / Double(UInt64(1) << 32)
    return .milliseconds(Int64((floor + (ceiling - floor) * fraction) * 1000))
  }
}

/// One exchange, for `-v`: without headers and bodies.
public struct RequestRecord: Sendable, Hashable {
  /// The request method.
  public let method: HTTPMethod
  /// Without the query if that may contain a secret.
  public let url: String
  /// Nil if there was no complete answer.
  public let status: Int?
  /// Why there was none.
  public let failure: String?
  /// From sending to the complete answer, or to the failure.
  public let duration: Duration
}

/// Called after every exchange, from any task.
public typealias RequestObserver = @Sendable (RequestRecord) -> Void
