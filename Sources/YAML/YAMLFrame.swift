import Diagnostics

/// A collection that is not complete yet.
struct Frame {
  let isMapping: Bool
  let isFlow: Bool
  let anchor: String?
  let position: SourcePosition
  private(set) var items: [YAMLNode] = []
  private(set) var pairs: [YAMLPair] = []
  /// The number of nodes in it, including itself and what aliases repeat, and the depth of the collections in it.
  private(set) var count = 1
  private(set) var height = 0
  /// The number of key comparisons.
  private(set) var steps = 0
  /// The bytes of the texts in it.
  private(set) var bytes = 0

  private var pendingKey: Key = .none
  /// The index of each key in `pairs`, filled when there are more than a few.
  private var indexes: [String: Int] = [:]
  private static let linearLimit = 8

  private enum Key {
    case none
    /// An unusable key: its value is read and dropped.
    case unusable
    case usable(String, SourcePosition)
  }

  init(isMapping: Bool, isFlow: Bool, anchor: String?, position: SourcePosition) {
    self.isMapping = isMapping
    self.isFlow = isFlow
    self.anchor = anchor
    self.position = position
  }

  /// Whether the next node is a key.
  var isKeyNext: Bool {
    if case .none = pendingKey { isMapping } else { false }
  }

  /// Adds the next node. Returns what is wrong with it as a key.
  mutating func add(_ node: YAMLNode, count: Int, height: Int, bytes: Int) -> Diagnostic? {
    self.count += count
    self.bytes += bytes
    self.height = max(self.height, height)
    guard isMapping else {
      items.append(node)
      return nil
    }
    switch pendingKey {
    case .none: return addKey(node)
    case .unusable: pendingKey = .none
    case .usable(let key, let place):
      pairs.append(YAMLPair(key: key, keyPosition: place, value: node))
      if !indexes.isEmpty { indexes[key] = pairs.count - 1 }
      pendingKey = .none
    }
    return nil
  }

  private mutating func addKey(_ node: YAMLNode) -> Diagnostic? {
    pendingKey = .unusable
    guard case .scalar(let scalar) = node.content else {
      return Message.collectionAsKey(node.position, isFlow: true)
    }
    if scalar.text == "<<", scalar.style == .plain { return Message.mergeKey(node.position) }
    if let first = position(ofKey: scalar.text) {
      return Message.duplicateKey(scalar.text, at: node.position, first: first)
    }
    pendingKey = .usable(scalar.text, node.position)
    return nil
  }

  private mutating func position(ofKey key: String) -> SourcePosition? {
    guard pairs.count > Self.linearLimit else {
      steps += pairs.count
      return pairs.first { $0.key == key }?.keyPosition
    }
    steps += 1
    if indexes.isEmpty {
      steps += pairs.count
      for (index, pair) in pairs.enumerated() { indexes[pair.key] = index }
    }
    return indexes[key].map { pairs[$0].keyPosition }
  }

  /// The length of the collection's text on its first line.
  func lengthOfFirstLine(end: SourcePosition, lineLength: (Int) -> Int) -> Int {
    if isFlow {
      let last = end.line == position.line ? end.column : lineLength(position.line - 1) + 1
      return max(1, last - position.column)
    }
    let inside: [SourcePosition] =
      isMapping
      ? pairs.first.map { [$0.keyPosition, $0.value.position] } ?? []
      : items.first.map { [$0.position] } ?? []
    let ends = inside.filter { $0.line == position.line }.map { $0.column + $0.length }
    return max(1, (ends.max() ?? 0) - position.column)
  }
}
