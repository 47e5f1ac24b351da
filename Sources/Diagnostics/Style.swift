/// How text is coloured: with ANSI sequences, or not at all.
public struct Style: Sendable, Hashable {
  /// The role of a piece of text. Colour never carries meaning that the text does not have.
  public enum Role: Sendable, Hashable, CaseIterable {
    case error, warning, note, help
    case heading, location, dimmed
    case added, changed, removed, refused
  }

  /// Whether `callAsFunction` adds escape sequences.
  public var isColored: Bool

  /// With colours, or without.
  public init(isColored: Bool) { self.isColored = isColored }

  /// No colour: for pipes, files and tests.
  public static let plain = Style(isColored: false)

  /// The text in the colours of its role.
  public func callAsFunction(_ role: Role, _ text: String) -> String {
    guard isColored, !text.isEmpty else { return text }
    return "\u{1B}[\(parameters(role))m\(text)\u{1B}[0m"
  }

  /// SGR parameters (ECMA-48, 8.3.117) of the eight colours that every theme sets.
  private func parameters(_ role: Role) -> String {
    switch role {
    case .error, .refused: "1;31"
    case .warning: "1;33"
    case .note, .help: "1;36"
    case .heading: "1"
    case .location: "34"
    case .dimmed: "2"
    case .added: "32"
    case .changed: "33"
    case .removed: "31"
    }
  }
}
