/// Gives the text of a line (counted from 1) of a file, without its line break; nil when unknown.
public typealias SourceText = @Sendable (_ file: String, _ line: Int) -> String?

/// A file's text by lines, divided as the YAML parser divides it: at LF, CR LF and CR.
public struct SourceLines: Sendable {
  private let bytes: [UInt8]
  private let starts: [Int]

  /// A byte order mark at the start belongs to no line; bytes that are not UTF-8 show as U+FFFD.
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
