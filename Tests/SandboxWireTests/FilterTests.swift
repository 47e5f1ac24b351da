import Testing

@testable import SandboxWire

@Suite struct FilterTests {
  /// A filter in brackets: `[a & b]` for AND, `[a | b]` for OR, `[a b]` for a sequence.
  private func shape(_ filter: Filter) -> String {
    switch filter {
    case .term(let term): "\(term.field)\(term.comparator)\(term.value)"
    case .not(let inner): "!\(shape(inner))"
    case .all(let parts): "[\(parts.map(shape).joined(separator: " & "))]"
    case .any(let parts): "[\(parts.map(shape).joined(separator: " | "))]"
    case .sequence(let parts): "[\(parts.map(shape).joined(separator: " "))]"
    }
  }

  @Test(arguments: [
    ("a:x", "a:x"), ("  a = x ", "a=x"), ("a:\"x y\"", "a:x y"), ("a='it\\'s'", "a=it's"),
    ("a:x AND (b=y)", "[a:x & b=y]"), ("(a:x)", "a:x"), ("NOT a:x", "!a:x"), ("-a:x", "!a:x"),
    ("NOT (a:x OR b:y)", "![a:x | b:y]"), ("a:x b:y", "[a:x b:y]"),
    ("a:x OR b:y AND c:z", "[[a:x | b:y] & c:z]"), ("a:x b:y OR c:z", "[a:x [b:y | c:z]]"),
    ("a:x AND b:y c:z", "[a:x & [b:y c:z]]"), ("a:(x OR y)", "[a:x | a:y]"),
    ("a:(x y)", "[a:x | a:y]"), ("a:(x AND NOT y)", "[a:x & !a:y]"),
    ("a.b!=\"\"", "a.b!="), ("time>=2026-01-01T00:00:00Z", "time>=2026-01-01T00:00:00Z"),
    ("name=projects/p/x:y", "name=projects/p/x:y"), ("ANDROID:x", "ANDROID:x"),
    ("NOTE:x ORDER:y", "[NOTE:x ORDER:y]"),
  ])
  func reads(_ text: String, _ expected: String) throws {
    #expect(try Filter.parse(text).map(shape) == expected)
  }

  @Test(arguments: [
    "a", "a:", "(a:x", "a:x)", "()", "AND a:x", "a:x AND", "a:x OR", "NOT", "a:\"x", "a:(", ":x",
    "a:x & b:y", "a:()",
    String(repeating: "(", count: 100) + "a:x" + String(repeating: ")", count: 100),
    "a:" + String(repeating: "x", count: 20_000),
  ])
  func refuses(_ text: String) {
    #expect(throws: APIError.self) { _ = try Filter.parse(text) }
  }

  @Test(arguments: [
    ("m.a", "m.a:*"), ("m.a AND b:x", "[m.a:* & b:x]"), ("NOT m.a", "!m.a:*"),
    ("m.`a.b`:`c d`", "m.a.b:c d"), ("m.`a:b`", "m.a:b:*"), ("m.*_x:`*y*`", "m.*_x:*y*"),
    ("(m.a OR m.b)", "[m.a:* | m.b:*]"),
  ])
  func readsKeysOfMaps(_ text: String, _ expected: String) throws {
    #expect(try Filter.parse(text, maps: ["m"]).map(shape) == expected)
  }

  @Test(arguments: ["m", "a", "a.m", "mm.a", "m.`a", "m.a:", "`"])
  func refusesOtherFieldsAlone(_ text: String) {
    #expect(throws: APIError.self) { _ = try Filter.parse(text, maps: ["m"]) }
  }

  @Test func anEmptyTextIsNotAFilter() throws {
    #expect(try Filter.parse("") == nil)
    #expect(try Filter.parse("  ") == nil)
  }

  @Test(arguments: [
    ("a:x", true), ("a:X", true), ("a:x*", true), ("a:*", true), ("a:y", false), ("a!=y", true),
    ("a!=x", false), ("NOT a:y AND b:2", true), ("a:y OR b:2", true), ("b>1", true), ("b<2", false),
    ("b>=2 AND b<=2", true), ("a:y b:2", false),
  ])
  func decides(_ text: String, _ expected: Bool) throws {
    let values = ["a": "x", "b": "2"]
    let filter = try #require(try Filter.parse(text))
    #expect(filter.holds { $0.fits(values[$0.field] ?? "") } == expected)
  }

  @Test func theCallerDecidesWhatASequenceMeans() throws {
    let filter = try #require(try Filter.parse("a:x a:y"))
    #expect(filter.holds(anyOfSequence: true) { $0.fits("x") })
    #expect(!filter.holds { $0.fits("x") })
  }

  @Test(arguments: [
    ("demo%2Fx", "demo/x"), ("demo%252Fx", "demo/x"), ("1.0+cu", "1.0+cu"), ("1.0%2Bcu", "1.0+cu"),
    ("1.0%252Bcu", "1.0+cu"), ("a%5Eb", "a^b"), ("a%255Eb", "a^b"), ("100%25", "100%"),
  ])
  func idsLoseTheirEscapes(_ text: String, _ expected: String) {
    #expect(PercentEncoding.decodedID(text) == expected)
  }

  @Test func idsAreEscapedInNames() {
    #expect(PercentEncoding.escapedID("demo/demo-1.0+a^b") == "demo%2Fdemo-1.0%2Ba%5Eb")
  }
}
