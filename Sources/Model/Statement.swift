/// A sentence of a plan: the text for the reader, and its identity in plan ids.
///
///     Statement("key.expired", "key \(id), which has expired, still counts")
///
/// Ids contain the code and the facts but not the words, so the words may be improved without a change of an id that a
/// person has approved. An interpolated value is a fact; words that follow from facts are marked: `\(words: "keys")`.
public struct Statement: Sendable, Hashable, CustomStringConvertible {
  /// A stable name, unique among all sentences. (A test pins them.)
  public let code: String
  /// The values in the sentence, in its order.
  public let facts: [String]
  /// The sentence as a reader sees it.
  public let text: String

  /// Takes a stable, unique code, and the words with their values.
  public init(_ code: String, _ sentence: Sentence) {
    self.code = code
    facts = sentence.facts
    text = sentence.text
  }

  /// Quotes another program or an earlier plan: the text is the fact.
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
    /// A sentence with values, each of which is a fact unless it is marked `words:`.
    public init(stringInterpolation parts: StringInterpolation) {
      self.init(text: parts.text, facts: parts.facts)
    }

    /// Joins two sentences, with the facts of both.
    public static func + (left: Sentence, right: Sentence) -> Sentence {
      Sentence(text: left.text + right.text, facts: left.facts + right.facts)
    }
    /// Adds the words and facts of another sentence at the end.
    public static func += (left: inout Sentence, right: Sentence) { left = left + right }

    /// Collects the text and the facts of an interpolated literal.
    public struct StringInterpolation: StringInterpolationProtocol {
      fileprivate var text = ""
      fileprivate var facts: [String] = []
      /// Starts empty; both numbers are hints and are ignored.
      public init(literalCapacity: Int, interpolationCount: Int) {}
      /// Adds words of the literal, which are not facts.
      public mutating func appendLiteral(_ literal: String) { text += literal }
      /// Adds a value to the text, and to the facts.
      public mutating func appendInterpolation(_ fact: some CustomStringConvertible) {
        text += fact.description
        facts.append(fact.description)
      }
      /// Adds a fact that the words express in another form.
      public mutating func appendInterpolation(fact: String) { facts.append(fact) }
      /// Adds words that carry no information beyond the facts.
      public mutating func appendInterpolation(words: String) { text += words }
    }
  }
}
