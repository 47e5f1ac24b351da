import Synchronization

/// Keeps a run below Google's quotas per minute: a small run never waits, a large one is spread evenly.
///
/// For each quota and project it keeps a window of the last 60 seconds. A call that would exceed the quota in such a
/// window waits. The limits are 90 % of the documented ones (docs/google-apis.md#requests-a-minute).
final class QuotaPacer: Sendable {
  private struct Key: Hashable {
    let service: APIHost
    let isWrite: Bool
    let project: String
  }

  private let windows = Mutex<[Key: QuotaWindow]>([:])

  /// How long a call must wait from `now` on. Reserves its place.
  func delay(for call: APICall, chargedTo project: String, now: Duration) -> Duration {
    guard let limit = QuotaPacer.limit(call.service, isWrite: call.retry.isWrite) else {
      return .zero
    }
    let key = Key(service: call.service, isWrite: call.retry.isWrite, project: project)
    let cost = QuotaPacer.cost(of: call)
    return windows.withLock {
      $0[key, default: QuotaWindow(limit: limit)].reserve(cost, now: now)
    }
  }

  private static func cost(of call: APICall) -> Int {
    call.service == .serviceUsage && call.path.hasSuffix(":batchEnable") ? 5 : 1
  }

  private static func limit(_ service: APIHost, isWrite: Bool) -> Int? {
    switch (service, isWrite) {
    case (.artifactRegistry, false): 54_000
    case (.artifactRegistry, true): 16_200
    case (.iam, false): 5_400
    case (.iam, true): 540
    case (.resourceManager, _), (.secretManager, _): 540
    case (.serviceUsage, false): 216
    case (.serviceUsage, true): 54
    case (.keyManagement, false): 270
    case (.keyManagement, true): 54
    case (.iamCredentials, _), (.sts, _), (.cloudBilling, _), (.organisationPolicy, _): nil
    }
  }
}

/// The costs of one quota in the last minute, by second.
struct QuotaWindow: Sendable {
  private static let span = 60
  private let limit: Int
  /// Ascending. The last ones may be in the future: the places of waiting calls.
  private var seconds: [(second: Int, cost: Int)] = []
  private var total = 0

  init(limit: Int) { self.limit = limit }

  /// Reserves the first place from `now` on at which the window stays within its limit.
  mutating func reserve(_ cost: Int, now: Duration) -> Duration {
    let current = Int(now.components.seconds)
    while let first = seconds.first, first.second <= current - QuotaWindow.span - 1 {
      total -= first.cost
      seconds.removeFirst()
    }
    var place = max(current, seconds.last?.second ?? current)
    if total + cost > limit {
      // Go back until the sum would be too large: that second must have left the window.
      var sum = cost
      for entry in seconds.reversed() {
        sum += entry.cost
        if sum > limit {
          place = max(place, entry.second + QuotaWindow.span + 1)
          break
        }
      }
    }
    total += cost
    if seconds.last?.second == place {
      seconds[seconds.count - 1].cost += cost
    } else {
      seconds.append((place, cost))
    }
    return place == current ? .zero : .seconds(place) - now
  }
}
