import Platform

/// The parts of Google's names.
package enum ResourceNames {
  /// Whether the parts of a name are this project, by its id or a number, and then these parts.
  package static func isName(
    _ parts: some Collection<Substring>, in project: String, followedBy rest: [String]
  )
    -> Bool
  {
    let parts = Array(parts)
    guard parts.count == rest.count + 2, parts[0] == "projects" else { return false }
    let isOwn = parts[1] == project || isNumber(parts[1])
    return isOwn && zip(parts[2...], rest).allSatisfy { $0 == $1 }
  }

  /// Whether a part of a name is a number, such as a project's.
  package static func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Whether a text can be the last part of a Google name. A space or a control character does not make another name:
  /// it shows that the answer was damaged.
  package static func isPlainID(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~@+:^".utf8.contains(byte)
        }
      }
  }

  /// The parts of a Google name between its slashes, empty ones included.
  package static func parts(of name: String) -> [Substring] {
    name.parts(between: UInt8(ascii: "/"))
  }

  /// The part after the last slash of a Google name.
  package static func lastSegment(of name: String) -> String {
    let bytes = name.utf8
    guard let last = bytes.lastIndex(where: { $0 != UInt8(ascii: "/") }) else { return name }
    let start = bytes[..<last].lastIndex(of: UInt8(ascii: "/")).map { bytes.index(after: $0) }
    return String(Substring(bytes[(start ?? bytes.startIndex)...last]))
  }
}
