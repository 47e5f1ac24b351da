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
    let line = Self.trimmed(bytes[...])
    if line.starts(with: "HTTP/".utf8), isComplete || status == 0 {
      let code = line.split(separator: UInt8(ascii: " ")).dropFirst().first.flatMap {
        Int(String(decoding: $0, as: UTF8.self))
      }
      self = ResponseHead()
      status = code ?? 0
    } else if line.isEmpty {
      isComplete = true
    } else if !isComplete, let colon = line.firstIndex(of: UInt8(ascii: ":")) {
      // Lines after the block are trailers, which are not needed.
      headers.add(
        String(decoding: line[..<colon], as: UTF8.self),
        String(decoding: Self.trimmed(line[(colon + 1)...]), as: UTF8.self))
    }
  }

  /// The bytes without spaces, tabs and line ends at both ends.
  private static func trimmed(
    _ bytes: Slice<UnsafeRawBufferPointer>
  ) -> Slice<UnsafeRawBufferPointer> {
    func isWhite(_ byte: UInt8) -> Bool {
      byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a
    }
    var range = bytes.indices
    while let first = range.first, isWhite(bytes[first]) { range.removeFirst() }
    while let last = range.last, isWhite(bytes[last]) { range.removeLast() }
    return bytes[range]
  }
}
