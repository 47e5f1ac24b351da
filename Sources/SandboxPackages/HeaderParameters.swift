/// A header value with parameters, such as `form-data; name="content"; filename="x.whl"` (RFC 9110, 5.6.6).
struct HeaderParameters: Sendable {
  /// The part before the first semicolon, in lower case.
  let value: String
  private var parameters: [String: String] = [:]

  init(_ text: some StringProtocol) {
    var rest = Substring(text)
    value = Self.upTo([";"], &rest).lowercased().trimmingSpaces()
    while !rest.isEmpty {
      let name = Self.upTo(["=", ";"], &rest).lowercased().trimmingSpaces()
      guard rest.popFirst(ifIs: "=") else {
        _ = rest.popFirst(ifIs: ";")
        continue
      }
      let content =
        rest.popFirst(ifIs: "\"")
        ? Self.quoted(&rest) : Self.upTo([";"], &rest).trimmingSpaces()
      if !name.isEmpty, parameters[name] == nil { parameters[name] = content }
      _ = Self.upTo([";"], &rest)
      _ = rest.popFirst(ifIs: ";")
    }
  }

  /// A parameter by its name in lower case.
  subscript(name: String) -> String? { parameters[name] }

  private static func upTo(_ ends: [Character], _ rest: inout Substring) -> String {
    let text = rest.prefix { !ends.contains($0) }
    rest = rest[text.endIndex...]
    return String(text)
  }

  /// The text up to the closing quote. A backslash escapes the next character.
  private static func quoted(_ rest: inout Substring) -> String {
    var text = ""
    while let character = rest.popFirst(), character != "\"" {
      if character == "\\", let next = rest.popFirst() {
        text.append(next)
      } else {
        text.append(character)
      }
    }
    return text
  }
}

extension Substring {
  /// Removes the first character if it is this one.
  fileprivate mutating func popFirst(ifIs character: Character) -> Bool {
    guard first == character else { return false }
    removeFirst()
    return true
  }
}
