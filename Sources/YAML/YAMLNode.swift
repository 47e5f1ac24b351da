public import Diagnostics

/// One node of a YAML document, with its place in the file.
public struct YAMLNode: Sendable, Hashable {
  /// The three kinds of nodes; aliases are replaced by what they refer to.
  public enum Content: Sendable, Hashable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// The pairs in their order; keys are scalars, each once.
    case mapping([YAMLPair])
  }
  /// The scalar, the elements or the pairs.
  public var content: Content
  /// For a scalar its first line; for a collection its first token. `length` covers the text on
  /// that line. A node that an alias repeats has the alias's place; what is inside it has the place
  /// where it was written.
  public var position: SourcePosition

  /// A node with its place in the file.
  public init(_ content: Content, at position: SourcePosition) {
    self.content = content
    self.position = position
  }
}

/// A scalar's text as YAML decoded it, untyped: the schema decides what it is.
public struct YAMLScalar: Sendable, Hashable {
  /// How a scalar is written: without quotes, in quotes of either kind, or as a block (`|`, `>`).
  public enum Style: Sendable, Hashable { case plain, quoted, block }
  /// The text after YAML's own escapes and foldings; not yet a number, a boolean or a null.
  public var text: String
  /// How it is written: only a plain scalar can be null.
  public var style: Style
  /// A scalar of this text; without quotes unless a style is given.
  public init(_ text: String, style: Style = .plain) {
    self.text = text
    self.style = style
  }
  /// Plain and `null`, `Null`, `NULL`, `~` or nothing at all.
  public var isNull: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(text) }
}

/// One member of a mapping.
public struct YAMLPair: Sendable, Hashable {
  /// The text of the key.
  public var key: String
  /// Where the key is.
  public var keyPosition: SourcePosition
  /// The value after the colon; a plain empty scalar if there is none.
  public var value: YAMLNode
  /// One pair; the value has a place of its own.
  public init(key: String, keyPosition: SourcePosition, value: YAMLNode) {
    self.key = key
    self.keyPosition = keyPosition
    self.value = value
  }
}
