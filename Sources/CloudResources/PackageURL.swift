public import GoogleCloud

/// The address of a package server, as clients write it when they ask a credential helper.
///
///     https://us-east4-python.pkg.dev/my-project-id/libs/simple/
///     oauth2accesstoken@us-east4-python.pkg.dev
///     127.0.0.1:8085
///
/// Parsed strictly, because it decides who gets a token. Refuses everything that two parsers could read differently:
/// white space and control characters, backslashes, text that is not ASCII, percent signs, brackets or a second `@` in
/// the authority, a password, an unknown user, an empty port, a trailing dot, `//` without a scheme. Letters of the
/// scheme and the host match in both cases, as in DNS.
public struct PackageURL: Sendable, Hashable {
  /// `http` or `https`; nil if the client gave the host alone.
  public let scheme: String?
  /// In lower case.
  public let host: String
  /// The port that the text names.
  public let port: Int?

  /// The user name of an access token, with which arctl answers.
  public static let tokenUser = "oauth2accesstoken"
  /// The user names that a URL may contain: those with which clients sign in to Artifact Registry.
  private static let users: Set<String> = [tokenUser, "_json_key", "_json_key_base64"]

  /// Nil for a text that is not strictly well-formed.
  public init?(_ text: String) {
    guard (1...4096).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else {
      return nil
    }
    var rest = text[...]
    var scheme: String?
    if let mark = text.firstRange(of: "://") {
      let word = text[..<mark.lowerBound].lowercased()
      // A `://` in a path or a query belongs to a text without a scheme.
      if !word.utf8.contains(where: { Self.endsAuthority($0) || $0 == 0x3A }) {
        guard word == "http" || word == "https" else { return nil }
        scheme = word
        rest = text[mark.upperBound...]
      }
    }
    let end = rest.utf8.firstIndex(where: Self.endsAuthority) ?? rest.endIndex
    guard let (host, port) = Self.split(rest[..<end]) else { return nil }
    self.scheme = scheme
    self.host = host
    self.port = port
  }

  /// Whether it is one of Google's package hosts, over https on its usual port.
  public var isGoogle: Bool {
    scheme != "http" && (port ?? 443) == 443 && PackageHost.isKnown(host)
  }

  /// Whether a server with the given APIs serves it: Google's package hosts belong to Google's APIs, and a sandbox serves
  /// packages at the origin of its APIs. Any other URL belongs to another server.
  public func isServed(by origin: Origin) -> Bool {
    guard !origin.isGoogle else { return isGoogle }
    guard !PackageHost.isKnown(host), scheme == nil || scheme == origin.scheme else { return false }
    let authority = port.map { "\(host):\($0)" } ?? host
    return Origin(of: "\(origin.scheme)://\(authority)") == origin
  }

  private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
    var rest = authority
    if let at = authority.firstIndex(of: "@") {
      guard users.contains(String(authority[..<at])) else { return nil }
      rest = authority[authority.index(after: at)...]
    }
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let name = parts.first, isHost(name) else { return nil }
    guard parts.count == 2 else { return (name.lowercased(), nil) }
    guard let port = port(parts[1]) else { return nil }
    return (name.lowercased(), port)
  }

  private static func isHost(_ name: Substring) -> Bool {
    name.utf8.count <= 253
      && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(isHostByte)
      }
  }

  /// One to five digits without a zero in front.
  private static func port(_ text: Substring) -> Int? {
    guard (1...5).contains(text.utf8.count), text.utf8.first != 0x30,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text),
      port <= 65535
    else { return nil }
    return port
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D: true
    default: false
    }
  }

  /// `/`, `?` or `#`.
  private static func endsAuthority(_ byte: UInt8) -> Bool {
    byte == 0x2F || byte == 0x3F || byte == 0x23
  }

  /// Printable ASCII, without the characters that a URL must escape.
  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: false
    default: (0x21...0x7E).contains(byte)
    }
  }
}
