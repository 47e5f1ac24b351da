/// Returns a line of a file (counted from 1) without its line break; nil if it is not known.
public typealias SourceText = @Sendable (_ file: String, _ line: Int) -> String?

/// The lines of a file, split as the YAML parser splits them: at LF, CR LF and CR.
public struct SourceLines: Sendable {
  private let bytes: [UInt8]
  private let starts: [Int]

  /// A byte order mark at the start is not part of a line; bytes that are not UTF-8 become U+FFFD.
  public init(_ bytes: [UInt8]) {
    var starts = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
    for (index, byte) in bytes.enumerated() {
      let isBreak =
        byte == 0x0A
        || (byte == 0x0D && !(index + 1 < bytes.count && bytes[index + 1] == 0x0A))
      if isBreak { starts.append(index + 1) }
    }
    self.bytes = bytes
    self.starts = starts
  }

  /// The text of a line counted from 1.
  public subscript(line: Int) -> String? {
    guard line >= 1, line <= starts.count else { return nil }
    let start = starts[line - 1]
    var end = line < starts.count ? starts[line] : bytes.count
    while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
