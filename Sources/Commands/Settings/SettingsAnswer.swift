import Diagnostics
import JSON
import Kinds

/// The settings of one tool for one repository, with what the user should know about them.
struct SettingsAnswer: Sendable {
  /// Its full name; nil for a tool that is for all repositories.
  let repository: String?
  /// The full name of the provider of a workload identity pool; nil for other methods.
  var provider: String?
  let tool: String
  let method: AuthMethod
  let items: [SettingsPage.Item]
  /// What the reader and the publisher need, and what is missing.
  let notes: [String]
  /// The files that were written instead of printed, as `--output json` shows them.
  var written: [JSONValue] = []

  var json: JSONValue {
    let notes = items.filter { $0.file == nil && !$0.isCommands }.map(\.text) + notes
    var object: JSONObject = [
      "auth": .string(method.rawValue),
      "commands": .array(items.filter(\.isCommands).map(Self.json)),
      "files": .array(items.filter { $0.file != nil }.map(Self.json) + written),
      "notes": .array(notes.map(JSONValue.string)),
    ]
    if let provider { object["provider"] = .string(provider) }
    if let repository { object["repository"] = .string(repository) }
    object["tool"] = .string(tool)
    return .object(object)
  }

  private static func json(_ item: SettingsPage.Item) -> JSONValue {
    var object: JSONObject = ["text": .string(item.text)]
    if let file = item.file { object["path"] = .string(file) }
    if let use = item.use { object["use"] = .string(use.rawValue) }
    return .object(object)
  }

  /// The files below the folder of `--write`. Parts of one place are one file; a second place with the same name gets another
  /// name.
  var files: [WrittenFile] {
    var order: [String] = []
    var parts: [String: [String]] = [:]
    for item in items {
      guard let place = item.file else { continue }
      if parts[place] == nil { order.append(place) }
      parts[place, default: []].append(item.text)
    }
    var taken: Set<String> = []
    return order.map { place in
      let name = WrittenFile.name(of: place)
      let isFree = taken.insert(name).inserted
      return WrittenFile(
        place: place, name: isFree ? name : "user\(name)", parts: parts[place, default: []])
    }
  }

  /// The same without the files.
  var withoutFiles: SettingsAnswer {
    SettingsAnswer(
      repository: repository, provider: provider, tool: tool, method: method,
      items: items.filter { $0.file == nil }, notes: notes)
  }

  /// Files and commands with headings that are comments, so that the whole can be pasted into a shell's script or read.
  func text(width: Int) -> String {
    var parts: [String] = []
    for item in items {
      if let file = item.file {
        parts.append("# \(file)\(Self.purpose(item.use))\n\n\(item.text)")
      } else if item.isCommands {
        parts.append("# commands\(Self.purpose(item.use))\n\n\(item.text)")
      }
    }
    let sentences = items.filter { $0.file == nil && !$0.isCommands }.map(\.text) + notes
    parts += sentences.map { Self.wrapped($0, width: width) }
    return parts.joined(separator: "\n")
  }

  private static func purpose(_ use: ClientUse?) -> String {
    switch use {
    case .install: ", to install"
    case .publish: ", to publish"
    case nil: ""
    }
  }

  /// A sentence as lines of comment. What is in backticks is copied by users, so it stays on one line.
  private static func wrapped(_ text: String, width: Int) -> String {
    var words: [String] = []
    for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
      let isCode = index % 2 == 1
      let pieces =
        isCode
        ? ["`\(part)`"]
        : part.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      // The pieces that touch a backtick belong to the same word.
      if let last = words.popLast(), let first = pieces.first {
        words += ["\(last)\(first)"] + pieces.dropFirst()
      } else {
        words += pieces
      }
    }
    var lines: [String] = []
    var line = "#"
    for word in words where !word.isEmpty {
      if line.count + 1 + word.count > width, line != "#" {
        lines.append(line)
        line = "#"
      }
      line += " " + escapedForTerminal(word)
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }
}
