import Glibc
import Synchronization

/// The signals that ask a program to end.
public enum Signal: Sendable, Hashable, CaseIterable {
  /// SIGINT: Ctrl-C.
  case interrupt
  /// SIGTERM.
  case terminate
  /// SIGHUP: the terminal, or the connection to it, is gone.
  case hangup

  /// Its number.
  public var number: Int32 {
    switch self {
    case .interrupt: SIGINT
    case .terminate: SIGTERM
    case .hangup: SIGHUP
    }
  }

  /// The signals of these kinds that arrive while the stream exists, instead of ending the process. When the stream
  /// ends, they end the process again. Only one stream can exist at a time. A hangup that the process was started to
  /// ignore (nohup) stays ignored. If the system has no thread or descriptor for the stream, the signals still end the
  /// process. (sigaction)
  public static func stream(of signals: [Signal] = Signal.allCases) -> AsyncStream<Signal> {
    AsyncStream { continuation in
      guard SignalPipe.shared.isRead else { return }
      SignalPipe.shared.listener.withLock { $0 = continuation }
      let signals = signals.filter { $0 != .hangup || !isIgnored($0.number) }
      for signal in signals {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { SignalPipe.shared.write($0) }
        action.sa_flags = SA_RESTART
        sigaction(signal.number, &action, nil)
      }
      continuation.onTermination = { _ in
        for signal in signals { Glibc.signal(signal.number, SIG_DFL) }
      }
    }
  }
}

/// Whether a signal is ignored. (sigaction)
private func isIgnored(_ number: Int32) -> Bool {
  var action = sigaction()
  sigaction(number, nil, &action)
  // SIG_IGN is the number 1, and Swift cannot compare functions.
  return unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self) == 1
}

/// The pipe from a signal handler, which can call only few functions safely, to ordinary code.
private final class SignalPipe: Sendable {
  /// Created before the first handler is set, so that no handler runs its initializer.
  static let shared = SignalPipe()

  let listener = Mutex<AsyncStream<Signal>.Continuation?>(nil)
  private let readEnd: Int32
  private let writeEnd: Int32

  /// Whether a thread reads what handlers write.
  let isRead: Bool

  private init() {
    var ends: [Int32] = [-1, -1]
    let isMade = pipe(&ends) == 0
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (readEnd, writeEnd) = (ends[0], ends[1])
    isRead = isMade && Self.start { [readEnd] in Self.forward(readEnd) }
  }

  private static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    do throws(FileError) {
      try Threads.start(body)
      return true
    } catch {
      return false
    }
  }

  /// Called in the signal handler, where write(2) is safe.
  func write(_ number: Int32) {
    // The interrupted code may be about to read errno.
    let code = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = Glibc.write(writeEnd, &byte, 1)
    errno = code
  }

  private static func forward(_ readEnd: Int32) {
    unblock()
    var byte: UInt8 = 0
    while let count = try? check("read", "signals", { read(readEnd, &byte, 1) }), count == 1 {
      guard let signal = Signal.allCases.first(where: { $0.number == Int32(byte) }) else {
        continue
      }
      _ = shared.listener.withLock { $0?.yield(signal) }
    }
  }

  /// Unblocks the signals on this thread. A parent may have started the process with all of them blocked, and then no
  /// thread would get them. (pthread_sigmask)
  private static func unblock() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in Signal.allCases { sigaddset(&signals, signal.number) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }
}

/// Makes a write to a closed pipe or socket fail (EPIPE) instead of ending the process.
public func ignoreSIGPIPE() { _ = signal(SIGPIPE, SIG_IGN) }
