/// The start of a connection to the front: what a client asks its proxy for.
///
/// Only this much is parsed. What follows is between the client and the sandbox's own servers.
enum FrontRequest: Sendable, Hashable {
  /// More bytes are needed.
  case incomplete
  /// CONNECT to one of the served names; the head has this many bytes.
  case tunnel(headLength: Int)
  /// A request for an `http` URL of one of the served names, in absolute form.
  case plain
  case refused(status: Int, reason: String)

  /// The maximum size of a head, and of a request line, in bytes.
  static let maximumHead = 8192

  init(_ bytes: [UInt8], names: ServedNames) {
    guard let lineEnd = Self.end(of: [0x0D, 0x0A], in: bytes) else {
      self = bytes.count < Self.maximumHead ? .incomplete : Self.tooLarge
      return
    }
    guard lineEnd <= Self.maximumHead else {
      self = Self.tooLarge
      return
    }
    let line = bytes[..<(lineEnd - 2)]
    let words = line.split(separator: 0x20, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard line.allSatisfy({ (0x20...0x7E).contains($0) }), words.count == 3,
      !words[0].isEmpty, words[0].utf8.allSatisfy({ (0x41...0x5A).contains($0) }),
      ["HTTP/1.1", "HTTP/1.0"].contains(words[2])
    else {
      self = .refused(status: 400, reason: "This is not a request of HTTP/1.1")
      return
    }
    let isTunnel = words[0] == "CONNECT"
    guard let authority = isTunnel ? words[1] : Self.authority(of: words[1]) else {
      self = .refused(
        status: 400,
        reason: "This is the proxy of an arctl-sandbox: clients find it by HTTPS_PROXY")
      return
    }
    guard Self.isServed(authority, port: isTunnel ? "443" : "80", names) else {
      self = .refused(
        status: 403,
        reason: "This proxy of an arctl-sandbox reaches nothing but the sandbox itself, as "
          + names.summary)
      return
    }
    guard isTunnel else {
      self = .plain
      return
    }
    guard let headEnd = Self.end(of: [0x0D, 0x0A, 0x0D, 0x0A], in: bytes) else {
      self = bytes.count < Self.maximumHead ? .incomplete : Self.tooLarge
      return
    }
    guard headEnd <= Self.maximumHead else {
      self = Self.tooLarge
      return
    }
    self =
      Self.areFields(bytes[lineEnd..<(headEnd - 2)])
      ? .tunnel(headLength: headEnd)
      : .refused(status: 400, reason: "The head of the request is malformed")
  }

  /// Whether lines have the form of header fields, `NAME: VALUE` (RFC 9112, 5). None of them is used.
  private static func areFields(_ lines: ArraySlice<UInt8>) -> Bool {
    var rest = lines
    while !rest.isEmpty {
      guard let end = rest.firstIndex(of: 0x0D), end + 1 < rest.endIndex, rest[end + 1] == 0x0A,
        let colon = rest[..<end].firstIndex(of: 0x3A), colon > rest.startIndex,
        rest[..<colon].allSatisfy({ (0x21...0x7E).contains($0) }),
        rest[colon..<end].allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
      else { return false }
      rest = rest[(end + 2)...]
    }
    return true
  }

  private static let tooLarge = refused(status: 431, reason: "The head of the request is too large")

  /// The authority of an absolute `http` URL; nil for every other target.
  private static func authority(of target: String) -> String? {
    let scheme = "http://"
    guard target.lowercased().hasPrefix(scheme) else { return nil }
    return String(target.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" })
  }

  /// Whether an authority is a served name with this port. CONNECT must name the port; a URL need not.
  private static func isServed(_ authority: String, port: String, _ names: ServedNames) -> Bool {
    let parts = authority.lowercased().split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 ? parts[1] == port : port == "80" else { return false }
    return names.contains(String(parts[0]))
  }

  /// The index after the first occurrence of a mark.
  private static func end(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    return (0...(bytes.count - mark.count)).first { start in
      mark.indices.allSatisfy { bytes[start + $0] == mark[$0] }
    }.map { $0 + mark.count }
  }
}
