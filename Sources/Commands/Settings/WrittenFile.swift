import Platform

/// A file of settings below the folder of `--write`. Its header marks it as arctl's.
struct WrittenFile: Sendable {
  /// Where a client looks for it: `~/.pypirc`.
  let place: String
  /// Its name below the folder: `.pypirc`.
  let name: String
  /// Its whole content.
  let text: String

  /// - Parameters:
  ///   - place: where a client looks for it.
  ///   - name: its name below the folder.
  ///   - parts: the texts that belong to it, in order.
  init(place: String, name: String, parts: [String]) {
    self.place = place
    self.name = name
    text = Self.mark.marked(parts.joined(separator: "\n"), name: name)
  }

  /// Whether arctl wrote this content, and nothing changed it.
  static func isOwn(_ content: [UInt8], name: String) -> Bool {
    mark.isOwn(content, name: name)
  }

  /// The last part of a place.
  static func name(of place: String) -> String { LocalFileSystem.split(place).name }

  private static let mark = OwnMark(verb: "settings")
}
