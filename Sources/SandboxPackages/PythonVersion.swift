/// A version in the normal form of PEP 440.
///
///     PythonVersion("v1.0-Alpha2")?.text   // "1.0a2"
struct PythonVersion: Sendable, Hashable {
  /// The normal form, such as `1!2.0rc1.post3.dev4+local.5`.
  let text: String
  /// The normal form without zeros at the end of the release: the same for versions that are equal by PEP 440.
  let key: String

  /// Nil if the text is not a version.
  init?(_ text: some StringProtocol) {
    var scanner = Scanner(Array(text.lowercased().trimmingSpaces().utf8))
    scanner.skip("v")
    guard let release = scanner.release() else { return nil }
    let tail = scanner.suffixes()
    let local = scanner.local()
    guard scanner.isAtEnd, let local else { return nil }
    var short = release.numbers
    while short.count > 1, short.last == "0" { short.removeLast() }
    self.text = release.epoch + release.numbers.joined(separator: ".") + tail + local
    key = release.epoch + short.joined(separator: ".") + tail + local
  }
}

/// Parses the parts of a version in the order of PEP 440, appendix B.
private struct Scanner {
  private let bytes: [UInt8]
  private var at = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { at == bytes.count }

  @discardableResult
  mutating func skip(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[at...].starts(with: wanted) else { return false }
    at += wanted.count
    return true
  }

  /// A number without leading zeros; nil if the next character is not a digit.
  private mutating func number() -> String? {
    let start = at
    while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
    guard at > start else { return nil }
    let digits = bytes[start..<at].drop { $0 == 0x30 }
    return digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)
  }

  private mutating func separator() -> Bool { skip("-") || skip("_") || skip(".") }

  mutating func release() -> (epoch: String, numbers: [String])? {
    guard var first = number() else { return nil }
    var epoch = ""
    if skip("!") {
      if first != "0" { epoch = "\(first)!" }
      guard let next = number() else { return nil }
      first = next
    }
    var numbers = [first]
    while at + 1 < bytes.count, bytes[at] == 0x2E, (0x30...0x39).contains(bytes[at + 1]) {
      at += 1
      if let next = number() { numbers.append(next) }
    }
    return (epoch, numbers)
  }

  /// Pre-, post- and development release.
  mutating func suffixes() -> String {
    var result = ""
    if let pre = suffix(Self.preReleases) { result += pre }
    if let post = implicitPost() ?? suffix(Self.postReleases) { result += post }
    if let development = suffix(Self.developmentReleases) { result += development }
    return result
  }

  /// Longer spellings first, since one may start with another.
  private static let preReleases: [(StaticString, String)] = [
    ("alpha", "a"), ("beta", "b"), ("preview", "rc"), ("pre", "rc"), ("rc", "rc"), ("a", "a"),
    ("b", "b"), ("c", "rc"),
  ]
  private static let postReleases: [(StaticString, String)] = [
    ("post", ".post"), ("rev", ".post"), ("r", ".post"),
  ]
  private static let developmentReleases: [(StaticString, String)] = [("dev", ".dev")]

  private mutating func suffix(_ spellings: [(StaticString, String)]) -> String? {
    let start = at
    _ = separator()
    for (spelling, normal) in spellings where skip(spelling) {
      let afterName = at
      _ = separator()
      if let number = number() { return normal + number }
      at = afterName
      return normal + "0"
    }
    at = start
    return nil
  }

  /// `1.0-1` means `1.0.post1`.
  private mutating func implicitPost() -> String? {
    let start = at
    if skip("-"), let number = number() { return ".post\(number)" }
    at = start
    return nil
  }

  /// The local version: empty if there is none, nil if it is malformed.
  mutating func local() -> String? {
    guard skip("+") else { return "" }
    var parts: [String] = []
    repeat {
      let start = at
      while at < bytes.count, Self.isAlphanumeric(bytes[at]) { at += 1 }
      guard at > start else { return nil }
      let part = String(decoding: bytes[start..<at], as: UTF8.self)
      let zeroless = part.allSatisfy(\.isNumber) ? String(part.drop { $0 == "0" }) : part
      parts.append(zeroless.isEmpty ? "0" : zeroless)
    } while separator()
    return "+" + parts.joined(separator: ".")
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
