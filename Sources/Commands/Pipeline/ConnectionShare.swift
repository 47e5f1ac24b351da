import Diagnostics
import Platform

/// How many calls may be under way at one time: as many as the options say, or as there are descriptors for.
///
/// A call without a descriptor would fail as if the network were at fault.
struct ConnectionShare: Sendable, Hashable {
  var reads: Int
  var writes: Int

  /// Descriptors that a run takes besides its connections: what wakes libcurl and takes signals, looking up names, the
  /// log, key files and their folders.
  private static let besides = 20
  /// The descriptors of the smallest run.
  static let least = besides + 4

  /// The connections that the transport may have.
  var connections: Int { reads + writes }

  init(_ options: RunOptions, free: Int) {
    (reads, writes) = (options.reads, options.writes)
    let most = max(2, free - Self.besides)
    guard most < connections else { return }
    writes = min(writes, max(1, most / 4))
    reads = min(reads, most - writes)
  }

  /// What to say where it is less than was asked for.
  func note(_ options: RunOptions) -> String? {
    guard connections < options.reads + options.writes else { return nil }
    return "note: \(connections) connections at a time, not \(options.reads + options.writes): "
      + "\(Limits.descriptorLimit)"
  }
}
