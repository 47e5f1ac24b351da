// Preconcurrency for `environ`, a mutable global. It is read once, and this file does not change it.
@preconcurrency import Glibc

/// Environment variables, as a value.
public struct ProcessEnvironment: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// The variables by name.
  public var variables: [String: String]

  /// Only these variables; none by default.
  public init(_ variables: [String: String] = [:]) { self.variables = variables }

  public init(dictionaryLiteral elements: (String, String)...) {
    self.init(Dictionary(elements) { _, last in last })
  }

  /// One variable; nil if it is not set.
  public subscript(name: String) -> String? {
    get { variables[name] }
    set { variables[name] = newValue }
  }

  /// A variable that is set and not empty.
  public func nonEmpty(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A copy of the variables of this process. (environ)
  public static var current: ProcessEnvironment {
    var result: [String: String] = [:]
    var entry = environ
    while let start = entry.pointee {
      let pair = String(cString: start).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2, result[String(pair[0])] == nil {
        result[String(pair[0])] = String(pair[1])
      }
      entry += 1
    }
    return ProcessEnvironment(result)
  }
}
