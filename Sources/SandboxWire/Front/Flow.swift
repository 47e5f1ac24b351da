import Glibc

/// One direction of a tunnel: copies from one socket to another, neither of which may block.
///
/// Reads only when everything read before was written, so a slow reader slows the sender down.
struct Flow {
  /// What failed.
  enum Failure: Hashable { case source, sink }

  /// Read and not yet written, from `sent` on.
  private var pending: [UInt8] = []
  private var sent = 0
  /// Whether the source has ended.
  private var hasEnded = false
  /// Whether the end was passed on, after everything else.
  private(set) var isFinished = false
  /// Reads and drops: there is no sink, or not any more.
  var discards = false

  /// A direction whose first bytes do not come from the source.
  init(_ first: [UInt8] = [], thenEnds: Bool = false) {
    pending = first
    hasEnded = thenEnds
  }

  var wantsToWrite: Bool { sent < pending.count }
  var wantsToRead: Bool { !hasEnded && !wantsToWrite }

  /// How often a call reads before other tunnels have their turn.
  private static let rounds = 8

  /// Copies what is there, and counts it in `moved`. Returns what failed.
  mutating func pump(
    from source: Int32, to sink: Int32, buffer: inout [UInt8], moved: inout Int
  ) -> Failure? {
    for _ in 0..<Self.rounds {
      guard write(to: sink, &moved) else { return .sink }
      if wantsToWrite || isFinished { return nil }
      let count = hasEnded ? 0 : recv(source, &buffer, buffer.count, 0)
      if count == 0 {
        // At once, also in the last round: an end that is known waits for nothing, so nothing would lead to it.
        end(sink)
        return nil
      }
      if count < 0 {
        if errno == EINTR { continue }
        return errno == EAGAIN ? nil : .source
      }
      moved += count
      if !discards {
        pending = Array(buffer[..<count])
        sent = 0
      }
    }
    return nil
  }

  /// Passes the end on.
  private mutating func end(_ sink: Int32) {
    hasEnded = true
    // The peer may be gone already, which is as good.
    if !discards { shutdown(sink, Int32(SHUT_WR)) }
    isFinished = true
  }

  /// False if the sink failed.
  private mutating func write(to sink: Int32, _ moved: inout Int) -> Bool {
    if discards { pending = [] }
    while wantsToWrite {
      let count = pending.withUnsafeBytes { bytes in
        send(sink, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EINTR { continue }
        return errno == EAGAIN
      }
      sent += count
      moved += count
    }
    pending = []
    sent = 0
    return true
  }
}
