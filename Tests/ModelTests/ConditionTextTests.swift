import TestSupport
import Testing

@testable import Model

@Suite struct ConditionTextTests {
  private func condition(_ expression: String, title: String = "t") -> PolicyCondition {
    PolicyCondition(title: title, expression: expression)
  }

  @Test(arguments: [
    (
      "request.time < timestamp(\"2027-01-01T00:00:00Z\")",
      "request.time<timestamp( \"2027-01-01T00:00:00Z\" )\n"
    ),
    ("a == 'x' &&\n  b", "a=='x'&&b"), ("a && ! b", "a && !b"), ("a\tin [1, 2]", "a in [1,2]"),
    ("x . startsWith('p')", "x.startsWith('p')"), ("1.5 < a", "1.5<a"), ("-1 < a", "- 1 < a"),
    ("a // why\n && b", "a// why\n&&b"),
  ])
  func whiteSpaceBetweenTokensIsNotADifference(one: String, other: String) {
    #expect(condition(one) == condition(other))
    #expect(condition(one).hashValue == condition(other).hashValue)
  }

  @Test(arguments: [
    ("a == 'x y'", "a == 'x  y'"), ("a == \"x\\\" y\"", "a == \"x\\\"  y\""),
    ("a == '''x\n'''", "a == '''x'''"), ("a == r'\\' && b == ' '", "a == r'\\' && b == '  '"),
    ("a == rb\"\\\" || b == \" \"", "a == rb\"\\\" || b == \"\""),
    ("a in b", "ain b"), ("a < b", "a <= b"), ("a < = b", "a <= b"), ("a & & b", "a && b"),
    ("a // why\n && b", "a // why && b"), ("a == 'X'", "a == 'x'"), ("a == \"x\"", "a == 'x'"),
    ("1 5 < a", "15 < a"), ("r 'x'", "r'x'"),
  ])
  func allOtherChangesAreDifferences(one: String, other: String) {
    #expect(condition(one) != condition(other))
  }

  @Test func allThreeTextsCount() {
    let one = PolicyCondition(title: "t", description: "d", expression: "e")
    #expect(one != PolicyCondition(title: "u", description: "d", expression: "e"))
    #expect(one != PolicyCondition(title: "t", description: "", expression: "e"))
    #expect(one == PolicyCondition(title: " t", description: "d\n", expression: "e "))
    #expect(PolicyCondition(title: "until-x", expression: "e").title == "until-x")
  }

  /// White space between any two tokens changes nothing; inside a literal it changes the condition.
  @Test func whiteSpaceAnywhere() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(state: seed)
    let pool = [
      "a", "request.time", "<", "<=", "==", "!=", "&&", "||", "!", "(", ")", "in", "[", "]", ",",
      "1.5", "12", "\"x y\"", "'a\\' b'", "r'\\'", "'''q 'z' '''", "// c\n",
    ]
    for _ in 0..<500 {
      let tokens = (0..<Int.random(in: 1...12, using: &random)).map { _ in
        pool[Int.random(in: 0..<pool.count, using: &random)]
      }
      let plain = tokens.joined(separator: " ")
      let blanks = [" ", "\t", "\n", "\r\n ", "   "]
      let spread = tokens.map { $0 + blanks[Int.random(in: 0..<blanks.count, using: &random)] }
        .joined()
      #expect(condition(plain) == condition(spread), "seed \(seed): \(plain)")
      guard let literal = tokens.first(where: { $0.contains(" ") && $0.first == "\"" }) else {
        continue
      }
      let other = plain.replacing(literal, with: literal.replacing(" ", with: "  "))
      #expect(condition(plain) != condition(other), "seed \(seed): \(plain)")
    }
  }

  @Test(arguments: ["2027-01-01", "2027-01-01T12:30:00Z", "2027-01-01T12:30:00.5+02:00"])
  func untilIsRecognised(date: String) {
    let written = PolicyCondition.until(date)
    #expect(written.isUntil)
    #expect(
      PolicyCondition(title: written.title, expression: written.expression + " ").isUntil)
    #expect(
      !PolicyCondition(title: written.title, description: "d", expression: written.expression)
        .isUntil)
    #expect(
      !PolicyCondition(title: written.title, expression: "request.time <= timestamp(\"\(date)\")")
        .isUntil)
    #expect(!PolicyCondition(title: "contract", expression: written.expression).isUntil)
  }

  @Test func aTitleWithoutADateIsFromAnotherWriter() {
    for date in ["", "soon", "2027-1-1", "2027-01-01 x", "2027/01/01", "2027-01-01T\"x"] {
      #expect(!PolicyCondition.until(date).isUntil, "\(date)")
    }
  }
}
