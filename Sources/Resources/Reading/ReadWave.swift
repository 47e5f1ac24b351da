import GoogleCloud
import JSON
import Keys
import Model
import Synchronization

/// The reads of one snapshot, and their answers so far.
///
/// A bounded number of tasks take one read after the other, so that a thousand reads are not a thousand waiting tasks, and
/// the next page of a list does not wait behind reads that have not begun.
final class ReadWave: Sendable {
  private struct State {
    /// Reads that have not begun, from `head` on.
    var queue: [Read]
    var head = 0
    /// Reads of keys, which begin once the stores of secrets have been looked at.
    var held: [Read]
    var local: LocalKeys
    var outcomes = ReadOutcomes()
    var done = 0
    var total: Int
    /// How many of the reads that others may follow from have no answer yet.
    var causes: Int
  }

  private let state: Mutex<State>
  private let progress: SnapshotReader.Progress?
  /// Held while progress is reported, so that a slow report keeps no read from beginning.
  private let reporting = Mutex(())

  /// With `holdsKeys`, reads of keys do not begin before `release`.
  init(
    _ reads: [Read], _ local: LocalKeys, holdsKeys: Bool, progress: SnapshotReader.Progress?
  ) {
    let held = holdsKeys ? reads.filter(\.isOfKeys) : []
    self.progress = progress
    state = Mutex(
      State(
        queue: holdsKeys ? reads.filter { !$0.isOfKeys } : reads, held: held, local: local,
        total: reads.count, causes: reads.count(where: \.isCause)))
    report()
  }

  private func report() {
    guard let progress else { return }
    reporting.withLock { _ in
      let (done, total) = state.withLock { ($0.done, $0.total) }
      progress(done, total)
    }
  }

  /// What is known of the keys on this machine and in stores of secrets.
  var local: LocalKeys { state.withLock { $0.local } }
  var outcomes: ReadOutcomes { state.withLock { $0.outcomes } }
  /// How many reads could begin now.
  var waiting: Int { state.withLock { $0.queue.count - $0.head } }

  /// The next read.
  func next() -> Read? {
    state.withLock { state in
      guard state.head < state.queue.count else { return nil }
      defer { state.head += 1 }
      return state.queue[state.head]
    }
  }

  /// Records an answer. Returns whether it was the last one that others may follow from, and reads have not begun that
  /// would hold up those.
  func record(_ read: Read, _ outcome: Result<ReadAnswer, APIError>) -> Bool {
    defer { report() }
    return state.withLock { state in
      state.outcomes.record(read, outcome)
      state.done += 1
      guard read.isCause else { return false }
      state.causes -= 1
      return state.causes == 0 && state.head < state.queue.count
    }
  }

  /// Adds reads that follow from answers. They come first: the others have no successors.
  func add(_ reads: [Read]) {
    state.withLock { state in
      state.queue.replaceSubrange(..<state.head, with: reads)
      state.head = 0
      state.total += reads.count
      state.causes += reads.count(where: \.isCause)
    }
    report()
  }

  /// Adds what the stores of secrets hold, and lets the reads of keys begin.
  func release(_ holdings: [Address: Result<RemoteHolding, APIError>]) {
    state.withLock { state in
      state.local.add(holdings)
      state.queue += state.held
      state.held = []
    }
  }
}

extension Read {
  fileprivate var isOfKeys: Bool {
    if case .keys = self { true } else { false }
  }

  /// Whether other reads may follow from its answer before all the others are known.
  var isCause: Bool {
    switch self {
    case .list, .batch, .resource, .billing: true
    case .policy, .keys: false
    }
  }
}

extension ReadPlan {
  /// Whether reads may follow from the answers to lists and to reads of single names. A cheap look, so that an answer
  /// without surprises costs nothing more; where it errs, the same reads follow later.
  func mayLead(_ outcomes: ReadOutcomes) -> Bool {
    if !numbersNeeded.isEmpty { return true }
    var lists: Set<Read> = []
    for read in reads where read.isCause {
      if outcomes.failure(read) != nil { return true }
      if case .list(let collection) = read, collection.kind.rest?.inventory != nil {
        lists.insert(read)
      }
    }
    guard !lists.isEmpty else { return false }
    let listed = lists.reduce(into: [:]) { listed, read in
      listed[read] = SnapshotBuilder.index(outcomes.list(read) ?? [], of: read)
    }
    return sources.contains { address, read in
      guard let listed = listed[read] else { return false }
      return listed[address].map { address.state(of: $0) != .present } ?? true
    }
  }
}
