import GoogleCloud
import Platform

/// The clock of this machine, with the wall clock moved.
struct MovedClock: Clock {
  let base: any Clock
  /// How many seconds to add.
  let lead: Double

  var now: Double { base.now + lead }
  var uptime: Duration { base.uptime }
  func sleep(for duration: Duration) async throws(CancellationError) {
    try await base.sleep(for: duration)
  }
}

extension Reporter {
  /// For reading manifests once more by the clock of a run's server: errors only, since the rest is already reported.
  func quiet(at run: RequestContext) -> Reporter {
    var context = context
    context.clock = MovedClock(base: context.clock, lead: run.serverLead)
    var options = options
    options.isQuiet = true
    return Reporter(context, options)
  }
}

/// The note that a run compares dates with another clock than this machine's.
enum ClockNote {
  /// For a sandbox whose clock was moved.
  static func sandbox(_ run: RequestContext) -> String {
    "note: the sandbox's clock is \(distance(run.serverLead)): dates are compared with it"
  }

  /// For a server whose answers have another date.
  static func server(_ run: RequestContext) -> String {
    "note: the server's clock is \(distance(run.serverLead)) of this machine's: dates of keys are compared with it"
  }

  /// `60d ahead`, `2h behind`.
  private static func distance(_ lead: Double) -> String {
    let seconds = Int64(abs(lead).rounded())
    let text =
      switch seconds {
      case ..<120: "\(seconds)s"
      case ..<7200: "\(seconds / 60)m"
      case ..<172_800: "\(seconds / 3600)h"
      default: "\(seconds / 86_400)d"
      }
    return text + (lead < 0 ? " behind" : " ahead")
  }
}
