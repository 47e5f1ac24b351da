extension LiveKey {
  /// Whole days until a key ends, rounded down: 0 on the last day, negative for a key that has expired.
  public static func days(until end: Int64, from now: Int64) -> Int64 {
    let (left, isTooLong) = end.subtractingReportingOverflow(now)
    guard !isTooLong, left > .min + 86_400 else { return (end < now ? Int64.min : .max) / 86_400 }
    return left >= 0 ? left / 86_400 : -((86_399 - left) / 86_400)
  }
}
