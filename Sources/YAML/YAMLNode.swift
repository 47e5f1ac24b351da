public import Diagnostics

/// One node of a YAML document, with its place in the file.
public struct YAMLNode: Sendable, Hashable {
  /// The three kinds of nodes. Aliases are replaced by what they refer to.
  public enum Content: Sendable, Hashable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// The pairs in their order. Keys are scalars and unique.
    case mapping([YAMLPair])
  }
  /// The scalar, the elements or the pairs.
  public var content: Content
  /// For a scalar its first line, for a collection its first token. `length` covers the text on that line. A node that
  /// an alias repeats has the position of the alias; what is inside it has the position where it was written.
  public var position: SourcePosition

  /// A node with its place in the file.
  public init(_ content: Content, at position: SourcePosition) {
    self.content = content
    self.position = position
  }
}

/// The text of a scalar as YAML decodes it, without a type: the schema decides that.
public struct YAMLScalar: Sendable, Hashable {
  /// How a scalar is written: without quotes, in quotes of either kind, or as a block (`|`, `>`).
  public enum Style: Sendable, Hashable { case plain, quoted, block }
  /// The text after YAML's own escapes and folding; not yet a number, a boolean or a null.
  public var text: String
  /// How it is written. Only a plain scalar can be null.
  public var style: Style
  /// A scalar with this text; plain by default.
  public init(_ text: String, style: Style = .plain) {
    self.text = text
    self.style = style
  }
  /// Whether it is plain and `null`, `Null`, `NULL`, `~` or empty.
  public var isNull: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(text) }
}

/// One member of a mapping.
public struct YAMLPair: Sendable, Hashable {
  /// The text of the key.
  public var key: String
  /// Where the key is.
  public var keyPosition: SourcePosition
  /// The value after the colon; an empty plain scalar if there is none.
  public var value: YAMLNode
  /// One pair. The value has its own position.
  public init(key: String, keyPosition: SourcePosition, value: YAMLNode) {
    self.key = key
    self.keyPosition = keyPosition
    self.value = value
  }
}

extension YAMLNode {
  /// The scalar; nil for a collection.
  package var scalar: YAMLScalar? { if case .scalar(let value) = content { value } else { nil } }
  /// The elements of a sequence; nil for every other node.
  package var items: [YAMLNode]? { if case .sequence(let value) = content { value } else { nil } }
  /// The pairs of a mapping; nil for every other node.
  package var pairs: [YAMLPair]? { if case .mapping(let value) = content { value } else { nil } }
  /// Whether it is a null scalar.
  package var isNull: Bool { scalar?.isNull ?? false }

  /// The value of one key of a mapping; nil if there is none.
  package subscript(key: String) -> YAMLNode? { pairs?.first { $0.key == key }?.value }
}
