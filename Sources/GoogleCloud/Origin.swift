/// Scheme, host and port of a URL: equal for URLs of the same server.
///
/// Parsed strictly, because it decides where a bearer token is sent. Refuses everything that two parsers could read
/// differently: user info, backslashes, spaces, percent signs or non-ASCII in the authority, a trailing dot, numbers
/// that only some parsers accept as an IPv4 address.
public struct Origin: Sendable, Hashable, CustomStringConvertible {
  /// `http` or `https`.
  public let scheme: String
  /// Lower case; an IPv6 address keeps its brackets.
  public let host: String
  /// The port, even if the URL omits it.
  public let port: Int

  /// The origin of an absolute URL; nil for a URL that is not strictly well-formed.
  public init?(of url: String) {
    guard let parsed = StrictURL(url) else { return nil }
    self = parsed.origin
  }

  init?(scheme: String, authority: some StringProtocol) {
    let (host, port) = Origin.split(authority.lowercased())
    guard scheme == "http" || scheme == "https", Origin.isHost(host) else { return nil }
    self.scheme = scheme
    self.host = host
    switch port {
    case nil: self.port = scheme == "https" ? 443 : 80
    case let text?:
      guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy(isDigit),
        let number = Int(text), (1...65535).contains(number)
      else { return nil }
      self.port = number
    }
  }

  /// Whether only this machine can answer: `localhost`, `127.0.0.0/8`, `[::1]`.
  public var isLoopback: Bool {
    host == "localhost" || host == "[::1]" || (host.hasPrefix("127.") && Origin.isIPv4(host))
  }

  /// Whether it is one of Google's API hosts, or its sign-in host, over https on the default port.
  public var isGoogle: Bool {
    scheme == "https" && port == 443
      && (host.hasSuffix(".googleapis.com") || host == "accounts.google.com")
  }

  /// Whether it is Google's host of this API: `sts.googleapis.com`, or that of one location,
  /// `sts.us-east4.rep.googleapis.com`. Other hosts of Google, such as Cloud Storage, store what anyone sends them.
  func serves(_ api: APIHost) -> Bool {
    guard isGoogle else { return false }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return host == api.serviceName
      || (labels.count == 5 && labels[0] == api.rawValue && labels[1] != "mtls"
        && labels[2...] == ["rep", "googleapis", "com"])
  }

  /// Whether what is sent cannot be read in transit: https, or this machine.
  public var isPrivate: Bool { scheme == "https" || isLoopback }

  public var description: String {
    let usual = (scheme == "https" && port == 443) || (scheme == "http" && port == 80)
    return usual ? "\(scheme)://\(host)" : "\(scheme)://\(host):\(port)"
  }

  private static func split(_ authority: String) -> (host: String, port: String?) {
    let start: String.Index
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
      start = authority.index(after: end)
    } else {
      start = authority.firstIndex(of: ":") ?? authority.endIndex
    }
    let rest = authority[start...]
    if rest.isEmpty { return (authority, nil) }
    return (String(authority[..<start]), rest.first == ":" ? String(rest.dropFirst()) : "")
  }

  private static func isHost(_ host: String) -> Bool {
    if host.hasPrefix("[") {
      return host.hasSuffix("]") && host.utf8.count > 3
        && host.dropFirst().dropLast().utf8.allSatisfy {
          isHexDigit($0) || $0 == 0x3A || $0 == 0x2E
        }
    }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard let last = labels.last, host.utf8.count <= 253,
      labels.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(isLabelByte) })
    else { return false }
    // inet_aton reads `127.1`, `0x7f.1` and `2130706433` as addresses. Only the usual form is accepted.
    let looksNumeric = last.utf8.allSatisfy(isDigit) || last.hasPrefix("0x")
    return !looksNumeric || isIPv4(host)
  }

  private static func isIPv4(_ host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard let value = UInt8(part) else { return false }
        return String(value) == part
      }
  }
}

/// An absolute http or https URL without user info and fragment, split into its parts.
struct StrictURL: Sendable, Hashable {
  let origin: Origin
  /// Empty, or starts with `/`.
  let path: String
  /// Without the `?`.
  let query: String?

  init?(_ url: String) {
    guard url.utf8.count <= 8192, url.utf8.allSatisfy(StrictURL.isAllowed),
      let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://")
    else { return nil }
    let rest = url[url.index(colon, offsetBy: 3)...]
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    guard
      let origin = Origin(scheme: url[..<colon].lowercased(), authority: rest[..<end])
    else { return nil }
    let tail = rest[end...]
    let mark = tail.firstIndex(of: "?") ?? tail.endIndex
    self.origin = origin
    self.path = String(tail[..<mark])
    self.query = mark == tail.endIndex ? nil : String(tail[mark...].dropFirst())
  }

  /// Printable ASCII, without the characters that a URL must escape and without `#`.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x23, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: false
    default: (0x21...0x7E).contains(byte)
    }
  }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
private func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte) }
private func isLabelByte(_ byte: UInt8) -> Bool {
  isDigit(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x5F
}
