/// Builds the paths of API calls.
public enum APIPath {
  /// Joins segments to a path. Each is percent-encoded, so a name cannot add a segment.
  ///
  ///     APIPath.join("v1", "projects", "p", verb: "getIamPolicy")  // /v1/projects/p:getIamPolicy
  public static func join(_ segments: String..., verb: String? = nil) -> String {
    join(segments, verb: verb)
  }

  /// The same, from an array.
  public static func join(_ segments: [String], verb: String? = nil) -> String {
    var path: [UInt8] = []
    path.reserveCapacity(segments.reduce(16) { $0 + $1.utf8.count + 1 })
    for segment in segments {
      path.append(UInt8(ascii: "/"))
      append(segment, to: &path)
    }
    if let verb {
      path.append(UInt8(ascii: ":"))
      append(verb, to: &path)
    }
    return String(decoding: path, as: UTF8.self)
  }

  /// Joins a version and a resource name from an answer: `v1`, `operations/cp.1`.
  public static func join(version: String, name: String, verb: String? = nil) -> String {
    join([version] + name.split(separator: "/").map(String.init), verb: verb)
  }

  /// Percent-encodes one segment, or one name or value of a query.
  ///
  /// RFC 3986's unreserved characters and `@` (for e-mails) stay as they are. A colon is encoded, as in Google's own
  /// clients, because it introduces the verb of a custom method.
  public static func encode(_ text: String) -> String {
    if text.utf8.allSatisfy(isPlain) { return text }
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    for byte in text.utf8 {
      if isPlain(byte) {
        bytes.append(byte)
      } else {
        bytes.append(0x25)
        bytes.append(hexDigits[Int(byte >> 4)])
        bytes.append(hexDigits[Int(byte & 15)])
      }
    }
  }

  /// Builds `a=b&c=d`, percent-encoded.
  static func form(_ fields: [(String, String)]) -> String {
    fields.map { encode($0.0) + "=" + encode($0.1) }.joined(separator: "&")
  }

  private static let hexDigits = Array("0123456789ABCDEF".utf8)

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x40: true
    default: false
    }
  }
}

/// Whether a path has a `.` or `..` segment, which HTTP clients remove.
func hasDotSegment(_ path: String) -> Bool {
  // The dots since the last slash; nil after anything else.
  var dots: Int? = nil
  for byte in path.utf8 {
    switch byte {
    case UInt8(ascii: "/"):
      if let dots, (1...2).contains(dots) { return true }
      dots = 0
    case UInt8(ascii: "."): dots = dots.map { $0 + 1 }
    default: dots = nil
    }
  }
  return dots.map((1...2).contains) ?? false
}
