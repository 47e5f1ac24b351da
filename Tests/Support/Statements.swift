public import Model

/// In a test a sentence can be written as the text that a reader sees.
extension Statement: ExpressibleByUnicodeScalarLiteral {
  public init(unicodeScalarLiteral value: String) { self.init(quoting: value) }
}
extension Statement: ExpressibleByExtendedGraphemeClusterLiteral {
  public init(extendedGraphemeClusterLiteral value: String) { self.init(quoting: value) }
}
extension Statement: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(quoting: value) }
}
