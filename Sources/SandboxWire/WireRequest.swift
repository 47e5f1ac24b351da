/// One request as it arrived: the target still percent-encoded, the body complete.
package struct WireRequest: Sendable {
  /// As sent, in upper case.
  package let method: String
  /// The path as sent, percent-encoded.
  package let path: String
  /// The part after `?` as sent; empty if there is none.
  package let query: String
  /// Names in lower case; the last of equal names wins.
  package let headers: [String: String]
  /// The host of the Host header, in lower case and without its port; empty if there is none.
  package let host: String
  /// The content; empty while it streams to a receiver.
  package private(set) var body: [UInt8]
  /// Whether its connection comes from 127.0.0.0/8.
  package let isFromThisMachine: Bool

  init(
    method: String, target: String, headers: [String: String] = [:], body: [UInt8] = [],
    isFromThisMachine: Bool = false
  ) {
    self.method = method
    self.isFromThisMachine = isFromThisMachine
    var headers = headers
    var target = target[...]
    // A proxy gets targets in absolute form, and their authority counts, not the header (RFC 9112, 3.2.2).
    if target.utf8.first != UInt8(ascii: "/"), target.prefix(7).lowercased() == "http://" {
      let rest = target.dropFirst(7)
      let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
      headers["host"] = String(rest[..<end])
      target = rest[end...]
      if target.first != "/" { target = "/\(target)" }
    }
    let mark = target.utf8.firstIndex(of: UInt8(ascii: "?"))
    path = String(target[..<(mark ?? target.endIndex)])
    query = mark.map { String(target[target.utf8.index(after: $0)...]) } ?? ""
    self.headers = headers
    self.body = body
    host = headers["host"].map(HostCheck.hostName) ?? ""
  }

  /// The path between its first two slashes, or after the only one.
  package var firstPart: Substring {
    let slash = UInt8(ascii: "/")
    guard let first = path.utf8.firstIndex(of: slash) else { return "" }
    let start = path.utf8.index(after: first)
    return path[start..<(path.utf8[start...].firstIndex(of: slash) ?? path.endIndex)]
  }

  /// The same request with its content, which arrives after the headers.
  func with(_ body: [UInt8]) -> WireRequest {
    var request = self
    request.body = body
    return request
  }

  /// The request that the client means: a POST with `X-HTTP-Method-Override: GET` is a GET whose query is in the body,
  /// as a form.
  ///
  /// google-api-python-client sends a GET this way if its URL has more than 2,048 characters, which happens with 30
  /// names of services.
  package var effective: WireRequest {
    guard method == "POST", headers["x-http-method-override"]?.uppercased() == "GET",
      headers["content-type"]?.hasPrefix("application/x-www-form-urlencoded") == true
    else { return self }
    let form = String(decoding: body, as: UTF8.self)
    let all = [query, form].filter { !$0.isEmpty }.joined(separator: "&")
    return WireRequest(
      method: "GET", target: "\(path)?\(all)", headers: headers,
      isFromThisMachine: isFromThisMachine)
  }
}

/// One answer, ready to be sent.
package struct WireResponse: Sendable {
  /// The HTTP status.
  package var status: Int
  /// In the order in which they are sent.
  package var headers: [(name: String, value: String)]
  var body: [UInt8]
  /// How it is sent; anything but `whole` is a fault.
  package var transmission = Transmission.whole

  /// An answer, which is sent whole unless a fault says otherwise.
  package init(
    status: Int, headers: [(name: String, value: String)], body: [UInt8],
    transmission: Transmission = .whole, file: FilePart? = nil
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.transmission = transmission
    self.file = file
  }

  /// How an answer is sent.
  package enum Transmission: Sendable, Hashable {
    case whole
    case delayed(Duration)
    /// Send nothing, and reset the connection.
    case reset
    /// Send nothing, and close the connection.
    case close
    /// Send nothing for this time, and then reset the connection.
    case stall(Duration)
    case halfHeaders
    /// Send so many bytes of the body (nil: half), and close the connection.
    case truncated(bytes: Int?, framed: Bool)
  }

  /// Sent instead of `body`.
  var file: FilePart?

  /// A part of an open file.
  package struct FilePart: Sendable {
    let content: FileContent
    let range: Range<Int64>

    /// A range of bytes in a file.
    package init(content: FileContent, range: Range<Int64>) {
      self.content = content
      self.range = range
    }
  }
}

/// The decoded parameters of a query.
///
/// Names are looked up in camel case: `repository_id` and `repositoryId` are the same, as Google's servers accept both.
package struct Query: Sendable {
  private var values: [String: [String]] = [:]
  /// Every name as it was sent, in order.
  package private(set) var names: [String] = []

  /// Decodes a query. A malformed escape stays as it is, as on Google's servers.
  package init(_ text: String) {
    for part in text.parts(between: UInt8(ascii: "&")) where !part.isEmpty {
      let sign = part.utf8.firstIndex(of: UInt8(ascii: "="))
      let key = part[..<(sign ?? part.endIndex)]
      let name = PercentEncoding.decode(key, plusIsSpace: true) ?? String(key)
      let value = sign.map { part[part.utf8.index(after: $0)...] } ?? ""
      names.append(name)
      values[Self.camelCase(name), default: []].append(
        PercentEncoding.decode(value, plusIsSpace: true) ?? String(value))
    }
  }

  /// The last value of a parameter.
  package subscript(name: String) -> String? { values[name]?.last }

  /// The last value of one of Google's standard parameters, which can start with a `$`.
  package func standard(_ name: String) -> String? { self[name] ?? self["$\(name)"] }

  /// Every value of a repeated parameter.
  package func all(_ name: String) -> [String] { values[name] ?? [] }

  /// `updateMask.paths_x` becomes `updateMask.pathsX`; a name without `_` stays as it is.
  package static func camelCase(_ name: String) -> String {
    guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
    var result = ""
    var raise = false
    for character in name {
      if character == "_" {
        raise = true
      } else {
        result += raise ? character.uppercased() : String(character)
        raise = false
      }
    }
    return result
  }
}

/// Percent-decoding of one path segment or query part.
package enum PercentEncoding {
  /// Nil if an escape is malformed or the bytes are not UTF-8.
  package static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
    guard text.utf8.contains(where: { $0 == 0x25 || $0 == 0x2B }) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case 0x25:
        guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else {
          return nil
        }
        bytes.append(high << 4 | low)
      case 0x2B where plusIsSpace: bytes.append(0x20)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The same for a whole text.
  package static func decode(_ text: String) -> String? { decode(text[...]) }

  /// An id as it appears in resource names: `/`, `+` and `^` are escaped, as in Google's names of files, packages and
  /// versions.
  package static func escapedID(_ id: String) -> String {
    id.replacing("/", with: "%2F").replacing("+", with: "%2B").replacing("^", with: "%5E")
  }

  /// An id or a name without escapes, whether it was escaped once or twice: a client that takes an id from a name
  /// escapes its percent signs again. No id in the sandbox contains a percent sign of its own. Nil as in `decode`.
  package static func decodedID(_ text: Substring) -> String? {
    guard let once = decode(text) else { return nil }
    return once.utf8.contains(0x25) ? decode(once) ?? once : once
  }

  /// The same for a whole text.
  package static func decodedID(_ text: String) -> String? { decodedID(text[...]) }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
