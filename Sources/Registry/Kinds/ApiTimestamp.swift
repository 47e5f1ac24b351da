/// The form of days and instants in manifests; what they mean is for the reader of the document.
public enum ApiTimestamp {
  /// Whether a text is `2027-01-01` or RFC 3339 with `Z` or an offset, each part in its range.
  public static func isDayOrInstant(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, isDay(bytes[0..<10]) else { return false }
    if bytes.count == 10 { return true }
    guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T"), isClock(bytes[11..<19], seconds: true)
    else {
      return false
    }
    var zone = bytes[19...]
    if zone.first == UInt8(ascii: ".") {
      let digits = zone.dropFirst().prefix(while: NameRules.isDigit)
      guard (1...9).contains(digits.count) else { return false }
      zone = zone.dropFirst(1 + digits.count)
    }
    if Array(zone) == [UInt8(ascii: "Z")] { return true }
    return zone.count == 6 && [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(zone.first ?? 0)
      && isClock(zone.dropFirst(), seconds: false)
  }

  private static func isDay(_ bytes: ArraySlice<UInt8>) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], let year = number(parts[0]),
      let month = number(parts[1]), let day = number(parts[2]), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return year >= 1970 && (1...lengths[month - 1]).contains(day)
  }

  private static func isClock(_ bytes: ArraySlice<UInt8>, seconds: Bool) -> Bool {
    let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.count == 2 ? number($0) : nil }
    guard numbers.count == parts.count, numbers.count == (seconds ? 3 : 2) else { return false }
    return numbers[0] <= 23 && numbers.dropFirst().allSatisfy { $0 <= 59 }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.allSatisfy(NameRules.isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
  }
}
