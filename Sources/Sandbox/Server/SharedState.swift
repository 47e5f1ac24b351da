import Platform
import SandboxPackages
import SandboxStore
import SandboxWire

/// The state of a running sandbox, in memory and on disk, for all its requests.
///
/// What is answered is on disk. Reads see nothing that is not: while changes are being written, they wait. Changes that
/// arrive while others are being written are carried out one after the other, each on what the one before it left, and
/// written in one transaction, with one flush of the disk. If that fails, none of them remains, and each is carried out
/// again in a transaction of its own, so that the error of one is not that of the others.
final class SharedState: Sendable {
  struct Core: Sendable {
    var state: State
    var lag = Lag()
    /// Whether the state has changes that are not on disk yet.
    fileprivate var isAhead = false
    /// The blobs that no row names once the changes are on disk.
    fileprivate var discarded: [String] = []

    init(state: State) { self.state = state }
  }

  /// What is in memory only.
  struct Records: Sendable {
    var journal = Journal()
    var faults = FaultPlan()
  }

  /// Answers a request, or fails it with the reason why its change is not on disk.
  typealias Answer = @Sendable (APIError?) -> Void
  /// What a request does to the state. It may be carried out twice. What it throws away itself, it must roll back.
  typealias Work = @Sendable (inout Core) -> Answer

  /// Most requests read, and need not wait for each other.
  private let core: ReadWriteLock<Core>
  /// A Monitor, not a Mutex: that one goes to the next waiting thread even if this thread has to wake first, and with
  /// as many waiting as there are connections every request would cost a switch of threads.
  private let records = Monitor(Records())
  private let turns: Turns<Job>
  /// Used by the thread that has the turn.
  private let database: SQLiteDatabase
  /// The content of package files; nil for a sandbox without a folder.
  let blobs: BlobStore?
  private let log: @Sendable (String) -> Void

  private struct Job: Sendable {
    let isRead: Bool
    let work: Work
  }

  /// - Parameter writer: the thread that carries out what is added; nil for the thread that adds it.
  init(
    _ state: State, on database: SQLiteDatabase, blobs: BlobStore?, writer: Workers?,
    log: @escaping @Sendable (String) -> Void
  ) {
    core = ReadWriteLock(Core(state: state))
    turns = Turns(writer)
    self.database = database
    self.blobs = blobs
    self.log = log
  }

  /// Uses the journal and the faults. `body` may ask for `offset`; nothing that uses the state asks for the records.
  func withRecords<Result: Sendable>(_ body: (inout Records) -> Result) -> Result {
    records.withLock(body)
  }

  /// How far the sandbox's clock is ahead, in microseconds. The state may be ahead of the disk.
  var offset: Int64 { core.read { $0.state.offset } }

  /// The result of a read; nil if it must be added instead, because the state is ahead of the disk, or because the read
  /// turns out to change something.
  ///
  /// Threads read at the same time, each its own copy. The copy ends before the lock does, since a change would have to
  /// copy every table that somebody else holds. If a read changes the state, the result is nil. Any other change of the
  /// copy is dropped.
  func readNow<Result: Sendable>(_ body: (inout Core) -> Result) -> Result? {
    let attempt = core.read { core -> Attempt<Result> in
      guard !core.isAhead else { return .mustBeAdded }
      guard core.lag.isEmpty else { return .countsReads }
      var view = core
      let result = body(&view)
      return view.state.isChanged ? .mustBeAdded : .read(result)
    }
    switch attempt {
    case .read(let result): return result
    case .mustBeAdded: return nil
    case .countsReads: return readAlone(body)
    }
  }

  /// What a read beside others came to.
  private enum Attempt<Result: Sendable> {
    case read(Result)
    case mustBeAdded
    /// Changes are hidden from the next so many reads.
    case countsReads
  }

  private func readAlone<Result: Sendable>(_ body: (inout Core) -> Result) -> Result? {
    core.withLock { core in
      guard !core.isAhead else { return nil }
      let lag = core.lag
      let result = body(&core)
      guard core.state.isChanged else { return result }
      core.state.rollback()
      core.lag = lag
      return nil
    }
  }

  /// Carries something out soon, and then calls its answer.
  func add(isRead: Bool, _ work: @escaping Work) {
    turns.add(Job(isRead: isRead, work: work)) { [self] in carryOut($0) }
  }

  /// The result of a read, for which the thread waits.
  func read<Result: Sendable>(_ body: (Core) -> Result) -> Result {
    readNow { body($0) } ?? turns.alone { core.withLock { body($0) } }
  }

  /// Carries out a change, for which the thread waits. On return it is on disk; a throw undoes it.
  func change<Result: Sendable>(
    _ body: (inout Core) throws(APIError) -> Result
  ) throws(APIError) -> Result {
    let result = turns.alone { () -> Swift.Result<Result, APIError> in
      let result = core.withLock { core -> Swift.Result<Result, APIError> in
        do throws(APIError) {
          let result = try body(&core)
          core.keep()
          return .success(result)
        } catch {
          core.state.rollback()
          return .failure(error)
        }
      }
      guard let failure = write() else { return result }
      core.withLock { $0.revert() }
      return .failure(failure)
    }
    return try result.get()
  }

  // MARK: By the thread that has the turn

  /// Carries out what has arrived: first what reads, since the state is what is on disk.
  private func carryOut(_ round: [Job]) {
    var changes: [Work] = []
    for job in round {
      if job.isRead, let answer = readNow({ job.work(&$0) }) {
        answer(nil)
      } else {
        changes.append(job.work)
      }
    }
    if !changes.isEmpty { carryOut(together: changes) }
  }

  private func carryOut(together changes: [Work]) {
    let lag = core.withLock { $0.lag }
    let answers = changes.map { work in
      // The lock is free between two of them, for requests that arrive.
      core.withLock { core in
        let answer = work(&core)
        core.keep()
        return answer
      }
    }
    let failure = write()
    if failure != nil {
      core.withLock { core in
        core.revert()
        core.lag = lag
      }
      if changes.count > 1 {
        for change in changes { carryOut(together: [change]) }
        return
      }
    }
    for answer in answers { answer(failure) }
  }

  /// Writes what was changed. Returns why that failed; the changes are then still in memory.
  private func write() -> APIError? {
    let pending = core.withLock { $0.state.pending }
    do throws(StoreError) {
      try pending.commit(to: database)
    } catch {
      log("the store failed: \(error)")
      return APIError(.internal, "The sandbox could not store the change: \(error)")
    }
    let discarded = core.withLock { $0.settle() }
    // The files go after the commit: a crash in between leaves files without rows, which the next start removes.
    if !discarded.isEmpty { blobs?.remove(discarded) }
    return nil
  }
}

extension SharedState.Core {
  /// Ends a request, whose changes are to be written.
  fileprivate mutating func keep() {
    guard state.isChanged else { return }
    discarded += state.discardedBlobs
    isAhead = true
    state.keep()
  }

  /// Undoes what is not on disk.
  fileprivate mutating func revert() {
    state.revert()
    discarded = []
    isAhead = false
  }

  /// Records that all is on disk. Returns the blobs that no row names any more.
  fileprivate mutating func settle() -> [String] {
    state.settle()
    isAhead = false
    defer { discarded = [] }
    return discarded
  }
}
