import Grammar
import JSON
import Model

/// Times of a secret that mean the same as the live ones although they are written in another way.
enum SecretTimes {
  /// The spec with the live spelling of equal times, and with the date to which Google has moved the next reminder.
  static func adopted(_ spec: JSONObject, live: JSONValue?) -> JSONObject {
    var spec = spec
    if isSame(spec["expireTime"], live?["expireTime"]) { spec["expireTime"] = live?["expireTime"] }
    guard var rotation = spec["rotation"]?.object, let other = live?["rotation"] else {
      return spec
    }
    let period = rotation["rotationPeriod"]?.string.flatMap { ApiDuration(parsing: $0)?.seconds }
    if isSame(rotation[next], other[next]) || isMoved(rotation[next], other[next], by: period) {
      rotation[next] = other[next]
    }
    spec["rotation"] = .object(rotation)
    return spec
  }

  private static let next = "nextRotationTime"

  private static func isSame(_ written: JSONValue?, _ live: JSONValue?) -> Bool {
    guard let written = instant(written), let live = instant(live) else { return false }
    return written == live
  }

  /// Whether the live date is some whole periods after the written one.
  private static func isMoved(
    _ written: JSONValue?, _ live: JSONValue?, by period: Int64?
  ) -> Bool {
    guard let written = instant(written), let live = instant(live), let period, period > 0 else {
      return false
    }
    let gap = live.seconds - written.seconds
    return gap > 0 && gap.isMultiple(of: period)
  }

  private static func instant(_ value: JSONValue?) -> Instant? {
    value?.string.flatMap(Instant.init)
  }
}
