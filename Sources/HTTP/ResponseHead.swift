/// The status line and the headers of an answer, as they arrive line by line.
struct ResponseHead {
  private(set) var status = 0
  private(set) var headers: HTTPHeaders = [:]
  /// Whether the empty line at the end of the block has arrived.
  private(set) var isComplete = false

  /// Whether HTTP/1 distinguishes the end of the body from the end of the connection (RFC 9112, 6.3). libcurl itself
  /// checks that end.
  var isFramed: Bool {
    status == 204 || status == 304 || headers["Content-Length"] != nil
      || headers.fields.contains {
        $0.isNamed("Transfer-Encoding") && $0.value.lowercased().hasSuffix("chunked")
      }
  }

  /// Reads one line with its end. A new status line (after an interim answer) discards the previous block.
  mutating func take(line bytes: UnsafeRawBufferPointer) {
    let line = String(decoding: bytes, as: UTF8.self).trimmingWhiteSpace
    if line.hasPrefix("HTTP/"), isComplete || status == 0 {
      let code = line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
      self = ResponseHead()
      status = code ?? 0
    } else if line.isEmpty {
      isComplete = true
    } else if !isComplete, let colon = line.firstIndex(of: ":") {
      // Lines after the block are trailers, which are not needed.
      let value = String(line[line.index(after: colon)...]).trimmingWhiteSpace
      headers.add(String(line[..<colon]), value)
    }
  }
}

extension String {
  /// The text without spaces, tabs and line ends at both ends.
  fileprivate var trimmingWhiteSpace: String {
    let isWhite = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }
    let trimmed = utf8.drop(while: isWhite)
    guard let last = trimmed.lastIndex(where: { !isWhite($0) }) else { return "" }
    return String(decoding: trimmed[...last], as: UTF8.self)
  }
}
