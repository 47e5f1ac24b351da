/// A scalar's text, split at its `${...}`.
///
///     Template("${env}-repo")   // [.variable(["env"], ...), .text("-repo")]
struct Template {
  enum Part {
    case text(String)
    /// The names between the dots, and the place of the whole `${...}`, in code points of the text.
    case variable([String], Range<Int>)
    /// A `${` that is not a variable, with the problem.
    case malformed(String, Range<Int>)
  }
  var parts: [Part] = []

  /// Nil if the text contains no `${`.
  init?(_ text: String) {
    guard Self.mayHaveVariables(text) else { return nil }
    let letters = Array(text.unicodeScalars)
    var literal = String.UnicodeScalarView()
    var next = 0
    func startsVariable(_ at: Int) -> Bool {
      at + 1 < letters.count && letters[at] == "$" && letters[at + 1] == "{"
    }
    while next < letters.count {
      if letters[next] == "$", startsVariable(next + 1) {
        literal.append(contentsOf: "${".unicodeScalars)
        next += 3
      } else if startsVariable(next) {
        if !literal.isEmpty { parts.append(.text(String(literal))) }
        literal = String.UnicodeScalarView()
        next = addVariable(letters, at: next)
      } else {
        literal.append(letters[next])
        next += 1
      }
    }
    if !literal.isEmpty { parts.append(.text(String(literal))) }
  }

  static func mayHaveVariables(_ text: String) -> Bool {
    var wasDollar = false
    for byte in text.utf8 {
      if wasDollar, byte == UInt8(ascii: "{") { return true }
      wasDollar = byte == UInt8(ascii: "$")
    }
    return false
  }

  /// Returns the index after it.
  private mutating func addVariable(_ letters: [Unicode.Scalar], at start: Int) -> Int {
    guard let end = letters[start...].firstIndex(of: "}") else {
      parts.append(.malformed("`${` without `}`", start..<letters.count))
      return letters.count
    }
    var name = String.UnicodeScalarView()
    name.append(contentsOf: letters[(start + 2)..<end])
    let names = String(name).split(separator: ".", omittingEmptySubsequences: false).map(
      String.init)
    if names.allSatisfy(Self.isName) {
      parts.append(.variable(names, start..<(end + 1)))
    } else {
      parts.append(
        .malformed("`${\(String(name))}` is not a valid variable name", start..<(end + 1)))
    }
    return end + 1
  }

  /// Letters, digits, `_` and `-`.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy {
        switch $0 {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }
}
