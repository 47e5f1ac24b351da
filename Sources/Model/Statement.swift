/// A sentence of a plan: what a reader sees, and what it is known by in ids.
///
///     Statement("key.expired", "key \(id), which has expired, still counts")
///
/// Ids hold the code and the facts, never the words: the words may be improved without changing an id that a person has
/// approved. What is interpolated is a fact; words that follow from facts are marked: `\(words: "keys")`.
public struct Statement: Sendable, Hashable, CustomStringConvertible {
  /// A stable name, unlike that of any other sentence. (A test pins them.)
  public let code: String
  /// The values in the sentence, in its order.
  public let facts: [String]
  /// The sentence as a reader sees it.
  public let text: String

  public init(_ code: String, _ sentence: Sentence) {
    self.code = code
    facts = sentence.facts
    text = sentence.text
  }

  /// What another program or an earlier plan said: the words are the fact.
  public init(quoting text: String) {
    code = "quoted"
    facts = [text]
    self.text = text
  }

  public var description: String { text }

  /// Words with values in them.
  public struct Sentence: Sendable, ExpressibleByStringInterpolation {
    fileprivate let text: String
    fileprivate let facts: [String]

    fileprivate init(text: String, facts: [String]) {
      self.text = text
      self.facts = facts
    }
    public init(stringLiteral value: String) { self.init(text: value, facts: []) }
    public init(stringInterpolation parts: StringInterpolation) {
      self.init(text: parts.text, facts: parts.facts)
    }

    public static func + (left: Sentence, right: Sentence) -> Sentence {
      Sentence(text: left.text + right.text, facts: left.facts + right.facts)
    }
    public static func += (left: inout Sentence, right: Sentence) { left = left + right }

    public struct StringInterpolation: StringInterpolationProtocol {
      fileprivate var text = ""
      fileprivate var facts: [String] = []
      public init(literalCapacity: Int, interpolationCount: Int) {}
      public mutating func appendLiteral(_ literal: String) { text += literal }
      public mutating func appendInterpolation(_ fact: some CustomStringConvertible) {
        text += fact.description
        facts.append(fact.description)
      }
      /// A fact that the words say in their own way.
      public mutating func appendInterpolation(fact: String) { facts.append(fact) }
      /// Words that say nothing which the facts do not say.
      public mutating func appendInterpolation(words: String) { text += words }
    }
  }
}
