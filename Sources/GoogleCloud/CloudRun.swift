public import HTTP
import JSON
public import Platform
import Synchronization

/// What all calls of one run share: its seams, its deadline, its retry budget and its counters.
public final class CloudRun: Sendable {
  /// The bounds of a run.
  public struct Limits: Sendable, Hashable {
    /// The run's time, from its making.
    public var timeout: Duration
    /// How many reads are in flight at most.
    public var reads: Int
    /// How many writes are in flight at most.
    public var writes: Int
    /// How often one call is tried at most.
    public var tries: Int
    /// The longest one exchange may take.
    public var requestTimeout: Duration

    /// The usual bounds, except those that are given.
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

  /// How much a run asked for.
  public struct Statistics: Sendable, Hashable {
    /// Calls of APIs and fetches of tokens; one that was repeated counts once.
    public var calls = 0
    /// Requests that went to the transport.
    public var requests = 0
    /// Requests that repeated an earlier one of the same call.
    public var retries = 0
  }

  /// The time.
  public let clock: any Clock
  /// The source of jitter.
  public let random: any RandomSource
  /// The bounds it was made with.
  public let limits: Limits
  let transport: any HTTPTransport
  let observer: RequestObserver?
  /// What this run has sent that no answer may bring back.
  let sentSecrets = SentSecrets()
  /// Large answers are taken apart one at a time: their values take many times the memory of their text.
  private let largeAnswers = Slots(1)
  private let weight = Atomic<Int>(0)
  private let end: Mutex<Duration>
  private let counters = Mutex(Statistics())

  /// A run that begins now.
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

  /// The counts so far.
  public var statistics: Statistics { counters.withLock { $0 } }

  /// What is left of the run's time; not negative.
  public var remaining: Duration { max(.zero, end.withLock { $0 } - clock.uptime) }

  /// Leaves the run no more than this time: what is in flight ends, or is given up, within it.
  public func end(within time: Duration) {
    let latest = clock.uptime + time
    end.withLock { $0 = min($0, latest) }
  }

  /// Sends one request once, counted, observed and bounded by the run's deadline.
  ///
  /// `shownURL` replaces a URL whose query holds secrets, in what observers see.
  func send(
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

  /// The most that the answers of one reading may weigh together, in bytes of text and 64 for each value of a large one:
  /// what is read is kept until the plan is made.
  static let maximumWeight = 512 << 20

  static let overweight =
    "the answers of this reading are larger than \(maximumWeight >> 20) MiB together; this one is not used"

  /// Begins a reading: the answers of earlier ones no longer count.
  public func beginReading() { weight.store(0, ordering: .relaxed) }

  /// Whether there is room for one more answer.
  func keeps(_ body: [UInt8]) -> Bool {
    let values = body.count > 1 << 16 ? JSONValue.valueCount(of: body) : 0
    return weight.add(body.count + 64 * values, ordering: .relaxed).newValue
      <= CloudRun.maximumWeight
  }

  /// An answer whose values may take more memory than many others together.
  static let largeAnswer = 2 << 20

  /// Takes an answer apart; a large one when no other is.
  func judge<Result: Sendable>(
    _ response: HTTPResponse, _ body: (HTTPResponse) -> Result
  ) async -> Result {
    guard response.body.count > CloudRun.largeAnswer else { return body(response) }
    return await largeAnswers.run { body(response) } ?? body(response)
  }

  func countCall() { counters.withLock { $0.calls += 1 } }

  /// Waits before try number `attempt` + 1, where tries, budget and time allow it.
  ///
  /// False: give up with the error at hand.
  func waitToRepeat(
    after attempt: Int, delay: Duration?, isRateLimit: Bool
  ) async throws(CancellationError) -> Bool {
    guard attempt < limits.tries else { return false }
    let pause = delay ?? jitter(attempt: attempt, isRateLimit: isRateLimit)
    guard pause < remaining, takeRetry() else { return false }
    try await clock.sleep(for: pause)
    return true
  }

  /// Retries stay below max(10, 20 % of the calls).
  private func takeRetry() -> Bool {
    counters.withLock {
      guard $0.retries < max(10, $0.calls / 5) else { return false }
      $0.retries += 1
      return true
    }
  }

  /// Full jitter below 1, 4 and 16 s; for a quota by the minute between 1 s and 4, 16 and 60 s.
  private func jitter(attempt: Int, isRateLimit: Bool) -> Duration {
    let step = min(attempt + (isRateLimit ? 1 : 0), 4)
    let ceiling: Double = [1, 4, 16, 60][step - 1]
    let floor: Double = isRateLimit ? 1 : 0
    let bits = random.bytes(4).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let fraction = Double(bits) / Double(UInt64(1) << 32)
    return .milliseconds(Int64((floor + (ceiling - floor) * fraction) * 1000))
  }
}

/// One exchange, for `-v`: no header and no body.
public struct RequestRecord: Sendable, Hashable {
  /// The request method.
  public let method: HTTPMethod
  /// Without the query where that may hold a secret.
  public let url: String
  /// Nil where there was no whole answer.
  public let status: Int?
  /// Why there was none.
  public let failure: String?
  /// From sending to the whole answer, or to the failure.
  public let duration: Duration
}

/// Called with every exchange once it is over, from any task.
public typealias RequestObserver = @Sendable (RequestRecord) -> Void
