/// Why a key that was made elsewhere needs a successor, with a time in Unix seconds.
public enum KeyAgeing: Sendable, Hashable {
  /// It ended then.
  case expired(Int64)
  /// It ends then, and the rest of its time is short.
  case ends(Int64)
  /// It is valid since then, without end, for longer than Google recommends.
  case old(since: Int64)

  /// The age from which a key without end should be replaced: 90 days. Source:
  /// docs/google-apis.md#ages-of-keys.
  public static let recommendedAge: Int64 = 90 * 86_400
  /// The longest time before its end in which a key counts as near its end: 30 days, as for a key of 90 days of which
  /// two thirds are over.
  public static let longestNotice: Int64 = 30 * 86_400

  /// What the times of a live key ask for; nil if nothing.
  ///
  /// - Parameter now: Unix seconds.
  public init?(_ key: LiveKey, now: Int64) {
    if let end = key.validBefore {
      let (lifetime, isTooLong) = end.subtractingReportingOverflow(key.validAfter ?? .min)
      let notice = isTooLong ? Self.longestNotice : min(Self.longestNotice, max(0, lifetime / 3))
      guard now < end else {
        self = .expired(end)
        return
      }
      guard end - now <= notice else { return nil }
      self = .ends(end)
    } else if let start = key.validAfter, start <= now - Self.recommendedAge {
      self = .old(since: start)
    } else {
      return nil
    }
  }
}
