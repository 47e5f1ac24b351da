public import Model

/// A sentence in a test may be written as what a reader sees.
extension Statement: ExpressibleByUnicodeScalarLiteral {
  public init(unicodeScalarLiteral value: String) { self.init(quoting: value) }
}
extension Statement: ExpressibleByExtendedGraphemeClusterLiteral {
  public init(extendedGraphemeClusterLiteral value: String) { self.init(quoting: value) }
}
extension Statement: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(quoting: value) }
}
