import Glibc

/// Threads for work that blocks. A thread that has finished its work waits for more, so that the threads of `reserve`
/// exist when they are needed, even if the system then gives no more.
///
/// libdispatch is not used here: if the system gives no thread, it retries forever without an error.
public enum Threads {
  private struct State {
    var isWaiting = 0
    var work: [@Sendable () -> Void] = []
  }

  private static let shared = Monitor(State())
  /// The stack in bytes: enough for what runs here (a wait, a file, a key). This is address space; memory is used as it
  /// is touched.
  private static let stackSize = 1 << 20

  /// Creates threads that wait for work. Throws if the system gives fewer; those that it gave stay.
  public static func reserve(_ count: Int) throws(FileError) {
    for _ in 0..<count {
      // Counted before it runs, because work may arrive sooner.
      shared.withLock { $0.isWaiting += 1 }
      do throws(FileError) {
        try startThread(stackSize: stackSize) { serve() }
      } catch {
        shared.withLock { $0.isWaiting -= 1 }
        throw error
      }
    }
  }

  /// Runs `body`, which may block, on its own thread. Throws if there is none.
  public static func start(_ body: @escaping @Sendable () -> Void) throws(FileError) {
    let isTaken = shared.withLock { state in
      guard state.isWaiting > state.work.count else { return false }
      state.work.append(body)
      return true
    }
    if isTaken { return shared.signal() }
    try startThread(stackSize: stackSize) {
      body()
      shared.withLock { $0.isWaiting += 1 }
      serve()
    }
  }

  /// Runs `body`, which may block, on its own thread; on the calling thread if there is none.
  public static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      do throws(FileError) {
        try start { continuation.resume(returning: body()) }
      } catch {
        // Slow is better than stuck: this thread runs no other task in the meantime.
        continuation.resume(returning: body())
      }
    }
  }

  /// The values of a function for each element, in their order. Further threads help if the system gives them; otherwise
  /// the calling thread does everything. They are new ones, so that those of `reserve` stay free, and have ended their
  /// work when this returns. `body` must not wait for anything.
  public static func map<Element: Sendable, Value: Sendable>(
    _ elements: [Element], _ body: @escaping @Sendable (Element) -> Value
  ) -> [Value] {
    let helpers = min(Workers.usualCount, elements.count) - 1
    guard helpers > 0 else { return elements.map(body) }
    let work = SharedMap(elements, body)
    for _ in 0..<helpers {
      work.beginHelp()
      do throws(FileError) {
        try startThread(stackSize: stackSize) {
          work.run()
          work.endHelp()
        }
      } catch {
        work.endHelp()
        break
      }
    }
    work.run()
    return work.values()
  }

  /// Runs work as it arrives, as one of the waiting threads.
  private static func serve() {
    while true {
      let body: @Sendable () -> Void = shared.wait { state in
        guard !state.work.isEmpty else { return .wait(until: nil) }
        state.isWaiting -= 1
        return .found(state.work.removeFirst())
      }
      body()
      shared.withLock { $0.isWaiting += 1 }
    }
  }
}

/// The work of `Threads.map`, of which each thread takes the next element.
private final class SharedMap<Element: Sendable, Value: Sendable>: Sendable {
  private struct State {
    var next = 0
    /// The number of helping threads that have not ended their work.
    var helpers = 0
    var values: [Value?]
  }
  private let elements: [Element]
  private let body: @Sendable (Element) -> Value
  private let state: Monitor<State>

  init(_ elements: [Element], _ body: @escaping @Sendable (Element) -> Value) {
    self.elements = elements
    self.body = body
    let empty = [Value?](repeating: nil, count: elements.count)
    state = Monitor(State(values: empty))
  }

  /// Takes elements until all are taken.
  func run() {
    while let index = take() {
      let value = body(elements[index])
      state.withLock { $0.values[index] = value }
    }
  }

  func beginHelp() { state.withLock { $0.helpers += 1 } }

  func endHelp() {
    state.withLock { $0.helpers -= 1 }
    state.signalAll()
  }

  private func take() -> Int? {
    state.withLock { state in
      guard state.next < elements.count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }

  /// Blocks the thread until no thread helps any more; all values are there then.
  func values() -> [Value] {
    state.wait { state in
      state.helpers == 0 ? .found(state.values.compactMap { $0 }) : .wait(until: nil)
    }
  }
}

/// Runs a body on a new detached thread. (pthread_create)
func startThread(stackSize: Int, _ body: @escaping @Sendable () -> Void) throws(FileError) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setstacksize(&attributes, stackSize)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  let code = pthread_create(
    &thread, &attributes,
    { argument in
      argument.map { Unmanaged<Box>.fromOpaque($0).takeRetainedValue().body() }
      return nil
    }, box.toOpaque())
  guard code == 0 else {
    box.release()
    throw FileError(path: "a thread", code: code, call: "pthread_create")
  }
}
