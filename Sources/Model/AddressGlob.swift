/// A pattern over addresses: `*` matches within one segment, `**` across segments.
///
///     AddressGlob("my-project/repository/**")
public struct AddressGlob: Sendable, Hashable, CustomStringConvertible {
  /// The pattern as it was written.
  public let pattern: String

  /// Accepts every text: without a wildcard it matches only itself.
  public init(_ pattern: String) { self.pattern = pattern }

  public var description: String { pattern }

  /// Whether the pattern consists only of wildcards and slashes, and so would match everything.
  public var matchesEverything: Bool { pattern.allSatisfy { $0 == "*" || $0 == "/" } }

  /// Whether the whole address matches: the test of flags that allow a hazard.
  public func matchesWhole(_ address: Address) -> Bool { matches(address.description) }

  /// Whether the whole address or the part after the project matches: the test of selections.
  public func selects(_ address: Address) -> Bool {
    matches(address.description) || matches(address.local)
  }

  /// Whether a plain text matches; slashes separate segments.
  public func matches(_ text: String) -> Bool {
    guard hasWildcard else { return pattern == text }
    // The literal prefix rules out most addresses cheaply.
    guard text.utf8.starts(with: pattern.utf8.prefix { $0 != UInt8(ascii: "*") }) else {
      return false
    }
    return Self.match(Array(pattern.utf8), Array(text.utf8))
  }

  /// Whether it can match more than one text.
  fileprivate var hasWildcard: Bool { pattern.utf8.contains(UInt8(ascii: "*")) }

  /// Linear-time wildcard match by a set of live pattern positions.
  private static func match(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    let star = UInt8(ascii: "*")
    let slash = UInt8(ascii: "/")
    func close(_ positions: inout Set<Int>) {
      var queue = Array(positions)
      while let position = queue.popLast() {
        guard position < pattern.count, pattern[position] == star else { continue }
        let isDouble = position + 1 < pattern.count && pattern[position + 1] == star
        let next = position + (isDouble ? 2 : 1)
        if positions.insert(next).inserted { queue.append(next) }
      }
    }
    func isSecondStar(_ position: Int) -> Bool {
      var stars = 0
      while position - stars - 1 >= 0, pattern[position - stars - 1] == star { stars += 1 }
      return stars % 2 == 1
    }
    var live: Set<Int> = [0]
    close(&live)
    for byte in text {
      var next: Set<Int> = []
      for position in live where position < pattern.count {
        if pattern[position] == star, !isSecondStar(position) {
          let isDouble = position + 1 < pattern.count && pattern[position + 1] == star
          if isDouble || byte != slash { next.insert(position) }
        } else if pattern[position] == byte {
          next.insert(position + 1)
        }
      }
      close(&next)
      live = next
      if live.isEmpty { return false }
    }
    return live.contains(pattern.count)
  }
}

/// Several patterns as one test: those without a wildcard are in a set, so many of them cost no more than one.
public struct AddressGlobs: Sendable {
  private let exact: Set<String>
  private let patterns: [AddressGlob]

  /// Splits the patterns into exact texts and those with wildcards.
  public init(_ globs: [AddressGlob]) {
    exact = Set(globs.filter { !$0.hasWildcard }.map(\.pattern))
    patterns = globs.filter(\.hasWildcard)
  }

  /// Whether one of the patterns selects the address: the whole of it, or the part after the project.
  public func selects(_ address: Address) -> Bool {
    exact.contains(address.description) || exact.contains(address.local)
      || patterns.contains { $0.selects(address) }
  }
}
