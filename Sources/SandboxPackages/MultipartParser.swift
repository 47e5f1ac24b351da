import Glibc

/// Why a form cannot be read, as users see it.
struct MultipartError: Error, Sendable, Hashable {
  let message: String
}

/// Receives the parts of a form as they arrive.
protocol MultipartSink {
  /// Starts a part with the `name` and `fileName` in its Content-Disposition.
  mutating func partBegins(name: String, fileName: String?) throws(MultipartError)
  /// Receives more of the part's content.
  mutating func partContinues(_ bytes: UnsafeRawBufferPointer) throws(MultipartError)
  /// Ends the part.
  mutating func partEnds() throws(MultipartError)
}

/// Parses `multipart/form-data` (RFC 7578) as it arrives. Never holds back more than the length of a delimiter, because
/// files can be larger than memory.
///
/// The pieces can have any size. Content is passed on without being copied.
struct MultipartParser {
  private enum Stage { case preamble, afterDelimiter, headers, content, epilogue }

  private static let maximumHeaders = 8192
  private static let maximumParts = 5000

  private let delimiter: [UInt8]
  private var stage = Stage.preamble
  /// In the preamble and the content: the last bytes, if they may start a delimiter. Otherwise the current line.
  private var held: [UInt8]
  private var parts = 0

  /// - Parameter boundary: as in the Content-Type.
  init(boundary: String) {
    delimiter = Array("\r\n--\(boundary)".utf8)
    // The first delimiter has no line end before it.
    held = [0x0D, 0x0A]
  }

  /// Whether the closing delimiter has arrived.
  var isComplete: Bool { stage == .epilogue }

  /// Parses the next piece.
  mutating func feed(
    _ bytes: UnsafeRawBufferPointer, into sink: inout some MultipartSink
  ) throws(MultipartError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      switch stage {
      case .preamble, .content: try scan(&rest, into: &sink)
      case .afterDelimiter: try afterDelimiter(&rest)
      case .headers: try headers(&rest, into: &sink)
      case .epilogue: return
      }
    }
  }

  // MARK: Content

  /// Passes on what comes before the next delimiter.
  private mutating func scan(
    _ rest: inout Slice<UnsafeRawBufferPointer>, into sink: inout some MultipartSink
  ) throws(MultipartError) {
    if !held.isEmpty {
      guard try resolveHeld(&rest, into: &sink) else { return }
    }
    let here = UnsafeRawBufferPointer(rebasing: rest)
    if let length = Self.find(delimiter, in: here) {
      try pass(UnsafeRawBufferPointer(rebasing: here[..<length]), into: &sink)
      rest = rest.dropFirst(length + delimiter.count)
      try endPart(into: &sink)
      return
    }
    let kept = Self.overlap(here, delimiter)
    try pass(UnsafeRawBufferPointer(rebasing: here[..<(here.count - kept)]), into: &sink)
    held = Array(here.suffix(kept))
    rest = rest.dropFirst(rest.count)
  }

  /// The position of a complete delimiter.
  private static func find(_ delimiter: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
    var offset = 0
    while let start = bytes.baseAddress, bytes.count - offset >= delimiter.count {
      // The first byte of a delimiter is rare, so memchr skips from one to the next.
      let last = bytes.count - delimiter.count
      guard let found = memchr(start + offset, 0x0D, last - offset + 1) else { return nil }
      offset = UnsafeRawPointer(found) - start
      if memcmp(found, delimiter, delimiter.count) == 0 { return offset }
      offset += 1
    }
    return nil
  }

  /// Determines whether the held bytes start a delimiter. Returns true if scanning can continue in `rest`.
  private mutating func resolveHeld(
    _ rest: inout Slice<UnsafeRawBufferPointer>, into sink: inout some MultipartSink
  ) throws(MultipartError) -> Bool {
    while !held.isEmpty {
      let wanted = delimiter[held.count...]
      let come = rest.prefix(wanted.count)
      if come.elementsEqual(wanted.prefix(come.count)) {
        held.append(contentsOf: come)
        rest = rest.dropFirst(come.count)
        guard held.count == delimiter.count else { return false }
        held = []
        try endPart(into: &sink)
        return false
      }
      // The held bytes are not a delimiter from the first one on, but perhaps from a later one.
      let next = held.indices.dropFirst().first { delimiter.starts(with: held[$0...]) }
      let done = next ?? held.count
      let free = Array(held[..<done])
      held.removeFirst(done)
      try passCopy(free, into: &sink)
    }
    return true
  }

  private func pass(
    _ bytes: UnsafeRawBufferPointer, into sink: inout some MultipartSink
  ) throws(MultipartError) {
    if stage == .content, !bytes.isEmpty { try sink.partContinues(bytes) }
  }

  private func passCopy(
    _ bytes: [UInt8], into sink: inout some MultipartSink
  ) throws(MultipartError) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    try pass(UnsafeRawBufferPointer(copy), into: &sink)
  }

  private mutating func endPart(into sink: inout some MultipartSink) throws(MultipartError) {
    if stage == .content { try sink.partEnds() }
    stage = .afterDelimiter
    held = []
  }

  /// The length of the longest suffix of `bytes` that starts the delimiter.
  private static func overlap(_ bytes: UnsafeRawBufferPointer, _ delimiter: [UInt8]) -> Int {
    let longest = min(bytes.count, delimiter.count - 1)
    return (0..<longest).lazy.map { longest - $0 }
      .first { delimiter.starts(with: bytes.suffix($0)) } ?? 0
  }

  // MARK: Delimiter and headers

  private mutating func afterDelimiter(
    _ rest: inout Slice<UnsafeRawBufferPointer>
  ) throws(MultipartError) {
    while let byte = rest.popFirst() {
      held.append(byte)
      if held.elementsEqual([0x2D, 0x2D]) {
        stage = .epilogue
        return
      }
      if held.suffix(2).elementsEqual([0x0D, 0x0A]) {
        // For a part without headers, the next line end also ends the headers.
        held = [0x0D, 0x0A]
        stage = .headers
        return
      }
      guard held.count < 64, [0x09, 0x0A, 0x0D, 0x20, 0x2D].contains(byte) else {
        throw MultipartError(message: "a delimiter of the form is not followed by a line end")
      }
    }
  }

  private mutating func headers(
    _ rest: inout Slice<UnsafeRawBufferPointer>, into sink: inout some MultipartSink
  ) throws(MultipartError) {
    while let byte = rest.popFirst() {
      held.append(byte)
      guard held.count <= Self.maximumHeaders else {
        throw MultipartError(message: "the headers of a part are too long")
      }
      guard byte == 0x0A, held.suffix(4).elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) else { continue }
      parts += 1
      guard parts <= Self.maximumParts else {
        throw MultipartError(message: "the form has more than \(Self.maximumParts) parts")
      }
      let disposition = try Self.disposition(String(decoding: held, as: UTF8.self))
      held = []
      stage = .content
      try sink.partBegins(name: disposition.name, fileName: disposition.fileName)
      return
    }
  }

  private static func disposition(
    _ headers: String
  ) throws(MultipartError) -> (name: String, fileName: String?) {
    for line in headers.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":"),
        line[..<colon].lowercased() == "content-disposition"
      else { continue }
      let value = HeaderParameters(line[line.index(after: colon)...])
      guard value.value == "form-data", let name = value["name"] else { break }
      return (name, value["filename"])
    }
    throw MultipartError(message: "a part of the form has no Content-Disposition with a name")
  }
}
