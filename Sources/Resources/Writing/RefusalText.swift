import Model

/// The grants that the text of a refusal names, for example `Group gone@example.com does not exist.`
///
/// Source: docs/decisions/0026-refused-grants.md. Google names a member by its e-mail after a word for its type, or in
/// the form of the policy; a refusal by an organisation's rules names no member.
struct RefusalText {
  private let text: [UInt8]

  // In lower case on both sides: the server may spell an e-mail differently (docs/google-apis.md#members-of-policies).
  init(_ message: String) { text = Array(message.lowercased().utf8) }

  /// The added grants that the text names: by their members or, if it names no member, by their roles.
  func named(among additions: [Grant]) -> Set<Grant> {
    let members = additions.filter { names(member: $0.member) }
    return Set(members.isEmpty ? additions.filter { names(role: $0.role) } : members)
  }

  /// Only `roles/x` and `projects/p/roles/x`: a name without a slash could be an ordinary word.
  private func names(role: String) -> Bool { role.contains("/") && !places(of: role).isEmpty }

  private func names(member: String) -> Bool {
    if !places(of: member).isEmpty { return true }
    // A principal is named as a whole or not at all; what follows its colon is a path.
    guard let colon = member.firstIndex(of: ":"), !member.contains("://") else { return false }
    let type = String(member[..<colon])
    return places(of: String(member[member.index(after: colon)...])).contains { place in
      // Without a type, the text may mean any member with this e-mail; each of them is named in the report.
      guard let said = typeSaid(before: place) else { return true }
      return said == type
    }
  }

  /// The places of a name in the text, except inside longer names.
  private func places(of part: String) -> [Int] {
    let part = Array(part.lowercased().utf8)
    guard !part.isEmpty, part.count <= text.count else { return [] }
    return (0...text.count - part.count).filter { start in
      text[start] == part[0] && text[start..<start + part.count].elementsEqual(part)
        && isBegin(start) && isEnd(start + part.count)
    }
  }

  /// A name begins after a space, a quote or similar, or after the type of a member and its colon.
  private func isBegin(_ place: Int) -> Bool {
    guard place > 0 else { return true }
    return !Self.isPartOfName(text[place - 1]) && text[place - 1] != UInt8(ascii: ".")
  }

  /// A period may end a sentence, or continue a longer name.
  private func isEnd(_ place: Int) -> Bool {
    guard place < text.count else { return true }
    if text[place] == UInt8(ascii: ".") {
      return place + 1 == text.count || !Self.isPartOfName(text[place + 1])
    }
    // `?uid=` continues the name of a deleted member, which is another one.
    return !Self.isPartOfName(text[place]) && text[place] != UInt8(ascii: "?")
  }

  private static func isPartOfName(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte >= 0x80
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "@_-+%/*~&=#".utf8.contains(byte)
  }

  /// The member type before a place in the text: `user:`, or the word `User`.
  private func typeSaid(before place: Int) -> String? {
    let words = text[..<place]
    if words.last == UInt8(ascii: ":") {
      let type = words.dropLast().reversed().prefix { Self.isPartOfName($0) }.reversed()
      let known = ["user", "group", "serviceAccount", "domain", "deleted", "principal"]
      let name = String(decoding: Array(type), as: UTF8.self)
      if let type = known.first(where: { $0.lowercased() == name }) { return type }
      // Another word before the colon says nothing about the type.
      return nil
    }
    let said = [
      ("service account ", "serviceAccount"), ("user ", "user"), ("group ", "group"),
      ("domain ", "domain"),
    ]
    return said.first { endsWord($0.0, at: place) }?.1
  }

  private func endsWord(_ word: String, at place: Int) -> Bool {
    let word = Array(word.utf8)
    let start = place - word.count
    guard start >= 0, text[start..<place].elementsEqual(word) else { return false }
    return start == 0 || !Self.isPartOfName(text[start - 1])
  }
}
