import Diagnostics
import Platform

/// The number of concurrent calls: what the options allow, limited by the free descriptors.
///
/// A call without a descriptor would look like a network failure.
struct ConnectionShare: Sendable, Hashable {
  var reads: Int
  var writes: Int

  /// Descriptors that a run needs besides its connections: to wake libcurl, to receive signals, to look up names, and for
  /// the log, the key files and their folders.
  private static let reserved = 20
  /// The fewest descriptors with which a run can start.
  static let minimum = reserved + 4

  /// The connections that the transport may have.
  var connections: Int { reads + writes }

  init(_ options: RunOptions, free: Int) {
    (reads, writes) = (options.reads, options.writes)
    let most = max(2, free - Self.reserved)
    guard most < connections else { return }
    writes = min(writes, max(1, most / 4))
    reads = min(reads, most - writes)
  }

  /// The note to print if the descriptors limit the number.
  func note(_ options: RunOptions) -> String? {
    guard connections < options.reads + options.writes else { return nil }
    return
      "note: \(connections) connections at a time instead of \(options.reads + options.writes): "
      + "\(Limits.descriptorLimit)"
  }
}
