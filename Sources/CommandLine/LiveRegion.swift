import Diagnostics
import Synchronization

/// A few lines at the bottom of the terminal that are rewritten in place. If the terminal cannot do that, only the
/// permanent lines are written.
public final class LiveRegion: Sendable {
  private let isLive: Bool
  private let width: @Sendable () -> Int
  private let maximumLines: Int
  private let write: @Sendable (String) -> Void
  private let shown = Mutex<[String]>([])

  /// `write` receives text for the terminal. `width` is called each time, because windows change.
  public init(
    isLive: Bool, maximumLines: Int = 12, width: @escaping @Sendable () -> Int,
    write: @escaping @Sendable (String) -> Void
  ) {
    self.isLive = isLive
    self.maximumLines = max(1, maximumLines)
    self.width = width
    self.write = write
  }

  /// Replaces the rewritten lines. Does nothing without a terminal.
  public func update(_ lines: [String]) {
    guard isLive else { return }
    let lines = fitted(lines)
    shown.withLock { shown in
      guard lines != shown else { return }
      write(Self.erasing(shown.count) + Self.joined(lines))
      shown = lines
    }
  }

  /// Writes a permanent line above the rewritten ones.
  public func append(_ line: String) {
    shown.withLock { shown in
      write(Self.erasing(shown.count) + line + "\n" + Self.joined(shown))
    }
  }

  /// Removes the rewritten lines.
  public func finish() { update([]) }

  private func fitted(_ lines: [String]) -> [String] {
    let width = width()
    var kept = lines.prefix(maximumLines).map { truncatedStyled($0, toWidth: width) }
    if lines.count > maximumLines {
      kept[maximumLines - 1] = truncated(
        "… and \(lines.count - maximumLines + 1) more", toWidth: width)
    }
    return kept
  }

  /// Every line ends with a break, so the cursor is below the last one.
  private static func joined(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

  /// Moves up by so many lines and erases everything below (ECMA-48 CUU, ED).
  private static func erasing(_ count: Int) -> String {
    count == 0 ? "" : "\r\u{1B}[\(count)A\u{1B}[J"
  }
}

/// Like `truncated`, for text with the colour sequences of `Style`, which take no columns.
public func truncatedStyled(_ text: String, toWidth width: Int) -> String {
  guard text.unicodeScalars.contains("\u{1B}") else { return truncated(text, toWidth: width) }
  var pieces: [(scalar: Unicode.Scalar, width: Int)] = []
  var isSequence = false
  for scalar in text.unicodeScalars {
    if scalar == "\u{1B}" { isSequence = true }
    pieces.append((scalar, isSequence ? 0 : displayWidth(scalar)))
    if isSequence, scalar == "m" { isSequence = false }
  }
  guard pieces.reduce(0, { $0 + $1.width }) > width else { return text }
  var kept = String.UnicodeScalarView()
  var used = 1
  for piece in pieces {
    used += piece.width
    if used > width { break }
    kept.append(piece.scalar)
  }
  return String(kept) + "…\u{1B}[0m"
}
