/// What a client needs to use a repository: files, commands and notes, with the repository's own values.
public struct SettingsPage: Sendable, Hashable {
  /// One file, list of commands, or note.
  public struct Item: Sendable, Hashable {
    /// The place of a file; nil for commands and notes.
    public let file: String?
    /// Whether it consists of lines for a shell.
    public let isCommands: Bool
    /// What it is for; nil if it is for both.
    public let use: ClientUse?
    /// The text; those of files and commands end with a line feed.
    public let text: String

    /// Lines for a shell, which end with a line feed.
    public static func commands(_ text: String) -> Item {
      Item(file: nil, isCommands: true, use: nil, text: text)
    }

    /// The text of a file at this place, which ends with a line feed.
    public static func file(_ place: String, _ text: String) -> Item {
      Item(file: place, isCommands: false, use: nil, text: text)
    }
  }

  /// In the order in which a user carries them out.
  public let items: [Item]

  /// The settings of a tool for a repository.
  public init(_ request: SettingsRequest) {
    let values = request.values
    items = request.tool.parts.compactMap { part in
      guard part.methods.isEmpty || part.methods.contains(request.method),
        part.index == .any || part.index == request.index,
        part.use != .publish || request.publishes,
        !part.isForOtherTarget || request.publishesElsewhere,
        !part.isForOwnSecret || request.storedSecret == nil
      else { return nil }
      var file: String?
      if case .file(let place) = part.content { file = place }
      return Item(
        file: file, isCommands: part.content == .commands, use: part.use,
        text: Self.filled(part.text, values))
    }
  }

  /// A template with the values in place. A line that is nothing but an empty value goes.
  static func filled(_ template: String, _ values: [String: String]) -> String {
    let lines = template.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.compactMap { line -> String? in
      let name = line.trimmingWhitespace
      if name.hasPrefix("@"), name.hasSuffix("@"), values[String(name.dropFirst().dropLast())] == ""
      {
        return nil
      }
      return filled(line: String(line), values)
    }.joined(separator: "\n")
  }

  /// Values can contain other values, but not themselves: passwords contain addresses.
  private static func filled(line: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = Substring(line)
    while let start = rest.firstIndex(of: "@") {
      result += rest[..<start]
      let after = rest[rest.index(after: start)...]
      if let end = after.firstIndex(of: "@"), let value = values[String(after[..<end])] {
        result += value
        rest = after[after.index(after: end)...]
      } else {
        result += "@"
        rest = after
      }
    }
    return result + rest
  }
}

extension Substring {
  fileprivate var trimmingWhitespace: Substring {
    var part = self
    while part.first == " " { part.removeFirst() }
    while part.last == " " { part.removeLast() }
    return part
  }
}
