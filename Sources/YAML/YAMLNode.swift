public import Diagnostics

/// One node of a YAML document, with the place where it stands.
public struct YAMLNode: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// The pairs in their order; keys are scalars, each once.
    case mapping([YAMLPair])
  }
  public var content: Content
  /// For a scalar its first line; for a collection its first token. `length` covers the text on
  /// that line. A node that came in through an alias stands at the alias, what is inside it where
  /// it was written.
  public var position: SourcePosition

  public init(_ content: Content, at position: SourcePosition) {
    self.content = content
    self.position = position
  }
}

/// A scalar's text as YAML decoded it, untyped: the schema decides what it is.
public struct YAMLScalar: Sendable, Hashable {
  public enum Style: Sendable, Hashable { case plain, quoted, block }
  public var text: String
  public var style: Style
  public init(_ text: String, style: Style = .plain) {
    self.text = text
    self.style = style
  }
  /// Plain and `null`, `Null`, `NULL`, `~` or nothing at all.
  public var isNull: Bool { style == .plain && ["", "~", "null", "Null", "NULL"].contains(text) }
}

/// One member of a mapping.
public struct YAMLPair: Sendable, Hashable {
  public var key: String
  public var keyPosition: SourcePosition
  public var value: YAMLNode
  public init(key: String, keyPosition: SourcePosition, value: YAMLNode) {
    self.key = key
    self.keyPosition = keyPosition
    self.value = value
  }
}
