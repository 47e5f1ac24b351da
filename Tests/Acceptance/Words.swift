/// The words of a step, separated by spaces: `'...'` is literal, `$NAME` elsewhere is replaced by its value.
struct Words {
  private var words: [String]

  init(_ text: String, variables: [String: String]) throws {
    words = []
    var word: String?
    var quote: Character?
    var rest = text[...]
    while let character = rest.popFirst() {
      if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if quote == nil, character == " " {
        word.map { words.append($0) }
        word = nil
      } else if character == "$", quote != "'",
        let name = rest.prefixMatch(of: /[A-Z][A-Z_]*/)?.output
      {
        guard let value = variables[String(name)] else { throw StoryFailure("no $\(name) is set") }
        rest = rest.dropFirst(name.count)
        word = (word ?? "") + value
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { throw StoryFailure("a quotation mark is missing") }
    word.map { words.append($0) }
  }

  var isEmpty: Bool { words.isEmpty }

  /// All remaining words.
  var rest: [String] { words }

  /// Takes the next word if it is this one.
  mutating func take(_ word: String) -> Bool {
    guard words.first == word else { return false }
    words.removeFirst()
    return true
  }

  /// Takes the next word, which the error calls `what`.
  mutating func next(_ what: String) throws -> String {
    guard !words.isEmpty else { throw StoryFailure("\(what) is missing") }
    return words.removeFirst()
  }

  mutating func number(_ what: String) throws -> Int {
    let word = try next(what)
    guard let number = Int(word) else { throw StoryFailure("\(what): \(word) is not a number") }
    return number
  }

  mutating func end() throws {
    if let word = words.first { throw StoryFailure("\(word) was not expected") }
  }
}
