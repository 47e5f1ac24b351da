import Platform

/// Lets one thread at a time do something that takes long, and gathers what others want done meanwhile: it is the next
/// thing to do, all of it together.
final class Turns<Job: Sendable>: Sendable {
  private struct Line: Sendable {
    var jobs: [Job] = []
    var isTaken = false
    /// The number of threads that wait for a turn of their own.
    var waiting = 0
    /// Does the jobs that have gathered.
    var work: (@Sendable ([Job]) -> Void)?
  }

  private let line = Monitor(Line())
  private let workers: Workers?

  /// - Parameter workers: the threads that do the jobs; nil for the thread that adds one.
  init(_ workers: Workers?) { self.workers = workers }

  /// Adds a job. It is done at once if nothing else is, otherwise together with all others that are waiting then.
  func add(_ job: Job, work: @escaping @Sendable ([Job]) -> Void) {
    let begins = line.withLock { line -> Bool in
      line.jobs.append(job)
      line.work = work
      defer { line.isTaken = true }
      return !line.isTaken
    }
    if begins { startWork() }
  }

  /// Runs a closure in a turn of its own, after the current turn. The calling thread waits.
  func alone<Result>(_ body: () -> Result) -> Result {
    line.withLock { $0.waiting += 1 }
    line.wait { line -> Monitor<Line>.Look<Void> in
      guard !line.isTaken else { return .wait(until: nil) }
      line.isTaken = true
      line.waiting -= 1
      return .found(())
    }
    let result = body()
    let hasJobs = line.withLock { line -> Bool in
      line.isTaken = !line.jobs.isEmpty
      return line.isTaken
    }
    if hasJobs { startWork() } else { line.signalAll() }
    return result
  }

  private func startWork() {
    guard let workers else { return doJobs() }
    workers.call { self.doJobs() }
  }

  /// Does jobs until there are none, or until a thread waits for its own turn, which starts this again.
  private func doJobs() {
    while let (jobs, work) = next() { work(jobs) }
    line.signalAll()
  }

  private func next() -> ([Job], @Sendable ([Job]) -> Void)? {
    line.withLock { line in
      guard let work = line.work, !line.jobs.isEmpty, line.waiting == 0 else {
        line.isTaken = false
        // What it holds would hold this.
        line.work = line.jobs.isEmpty ? nil : line.work
        return nil
      }
      defer { line.jobs = [] }
      return (line.jobs, work)
    }
  }
}
