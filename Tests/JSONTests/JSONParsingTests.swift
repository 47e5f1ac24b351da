import JSON
import Testing

@Suite struct JSONParsingTests {
  /// A value takes many times the memory of its text, so their number is limited before any is created.
  @Test func manyValuesAreRefused() throws {
    let most = "[" + String(repeating: "[],", count: 49) + "0]"
    #expect(try JSONValue(parsing: most.utf8, maximumValues: 100).array?.count == 50)
    let error = #expect(throws: JSONParseError.self) {
      try JSONValue(parsing: most.utf8, maximumValues: 99)
    }
    #expect(error?.isTooLarge == true)
    // Text that only looks like values does not count.
    let text = "[\"" + String(repeating: "[],", count: 500) + "\"]"
    #expect(try JSONValue(parsing: text.utf8, maximumValues: 3).array?.count == 1)
    #expect(JSONValue.valueCount(of: Array(most.utf8)) >= 100)
  }

  func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: text.utf8) }

  @Test func parsesEveryKind() throws {
    let value = try parse(
      #" {"n":null,"t":true,"f":false,"i":-12,"r":1.5,"s":"a\u00e9\n","a":[1,[]],"o":{}} "#)
    #expect(
      value == [
        "n": .null, "t": true, "f": false, "i": -12, "r": .real(1.5), "s": "aé\n", "a": [1, []],
        "o": [:],
      ])
    #expect(value.object?.keys == ["n", "t", "f", "i", "r", "s", "a", "o"])
  }

  @Test(arguments: ["1", "-1", "9223372036854775807", "-9223372036854775808"])
  func keepsIntegers(text: String) throws {
    #expect(try parse(text) == .integer(try #require(Int64(text))))
  }

  @Test func keepsRealsApart() throws {
    #expect(try parse("1.0") == .real(1))
    #expect(try parse("1e2") == .real(100))
    #expect(try parse("1.0").text() == "1.0")
  }

  @Test func keepsNULInStrings() throws {
    #expect(try parse(#""a\u0000b""#) == .string("a\0b"))
    #expect(try parse(#"["\u0000"]"#).text() == #"["\u0000"]"#)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{'a':1}", "01", "+1", "1.", ".5", "NaN", "nul", "\"",
    "\"\\x\"", "\"\u{1}\"", "1 2", "{} {}", "[] x", "{\"a\":1,\"a\":2}", "9223372036854775808",
    "1e999", "\u{feff}{}", "\"\\ud800\"", "{1:2}", "[1 2]", "{\"a\" 1}",
  ])
  func refuses(text: String) { #expect(throws: JSONParseError.self) { try parse(text) } }

  @Test(arguments: [
    [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xe2, 0x82, 0x22], [0x22, 0xf5, 0x80, 0x80, 0x80, 0x22],
  ])
  func refusesWhatIsNotUTF8(bytes: [UInt8]) {
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: bytes) }
  }

  @Test func canonicallyEquivalentKeysAreNotMerged() {
    let error = #expect(throws: JSONParseError.self) {
      try parse("{\"\u{e9}\":1,\"e\u{301}\":2}")
    }
    #expect(error?.message.contains("equivalent") == true)
  }

  /// A Kelvin sign is canonically a K.
  @Test(arguments: [
    "{\"\u{212a}\":1,\"K\":2}", "{\"K\":1,\"\u{212a}\":2}",
    "{\"a\":1,\"\u{212a}\":2,\"b\":3,\"K\":4}",
    "{\"0\":0,\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,\"10\":0,\"11\":0,\"12\":0,\"K\":0,\"\u{212a}\":0}",
  ])
  func equivalentKeysOfASCIIAreNotMerged(text: String) {
    #expect(throws: JSONParseError.self) { try parse(text) }
  }

  /// The depth is found before the parser sees the text, so every end of a string must be right.
  @Test(arguments: [
    #""""#, #""\\""#, #""\"""#, #""\\\"""#, #""\\\\""#, #""[[[[""#, #""a\"[[[""#, #""[\\\"]\n[""#,
    #""\u005c\"[""#, #""\\","[","\"""#,
  ])
  func stringsEndWhereTheyEnd(texts: String) throws {
    let nested = { (depth: Int) in
      String(repeating: "[", count: depth) + texts + String(repeating: "]", count: depth)
    }
    #expect(try parse(nested(200)).array != nil)
    #expect(throws: JSONParseError.self) { try parse(nested(201)) }
  }

  @Test(arguments: ["\"", "\"\\", "[\"\\", "[\"a\\\"", "\"\\\""])
  func refusesStringsThatDoNotEnd(text: String) {
    #expect(throws: JSONParseError.self) { try parse(text) }
  }

  /// A look at the whole rest of the string for each escape would take half an hour.
  @Test func longTextsOfEscapesAreReadOnce() throws {
    let count = 8 << 20
    let text = "\"" + String(repeating: "\\n", count: count) + "\""
    #expect(try parse(text).string?.utf8.count == count)
    let quotes = "\"" + String(repeating: "\\\"", count: count) + "\""
    #expect(try parse(quotes).string?.utf8.count == count)
  }

  @Test func limitsTheDepth() throws {
    let nested = { (depth: Int) in
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try parse(nested(200)).array != nil)
    for depth in [201, 2047, 5_000_000] {
      #expect(throws: JSONParseError.self) { try parse(nested(depth)) }
    }
    let objects = String(repeating: "{\"a\":", count: 100_000)
    #expect(throws: JSONParseError.self) { try parse(objects) }
    // Brackets in a string are text.
    let text = String(repeating: "[", count: 1000)
    #expect(try parse("[\"\\\"\(text)\"]") == [.string("\"" + text)])
  }

  @Test func limitsTheSize() throws {
    #expect(try JSONValue(parsing: "[1]".utf8, maximumBytes: 3) == [1])
    #expect(throws: JSONParseError.self) { try JSONValue(parsing: "[1 ]".utf8, maximumBytes: 3) }
  }

  @Test func takesSequencesWithoutContiguousBytes() throws {
    #expect(
      try JSONValue(
        parsing: "[tue]".utf8.map { $0 }.lazy.flatMap { $0 == 117 ? [114, 117] : [$0] }) == [true])
  }

  @Test func namesTheLine() {
    let error = #expect(throws: JSONParseError.self) { try parse("{\n  \"a\": 1,\n  x\n}") }
    #expect(error?.line == 3)
    #expect(error?.description.contains("line 3") == true)
  }

  @Test func quotesNoValueInAnError() {
    let error = #expect(throws: JSONParseError.self) { try parse(#"{"password": "hunter2" 1}"#) }
    #expect(error?.message.contains("expected") == true)
    let value = #expect(throws: JSONParseError.self) { try parse(#"{"a": "hunter2" "b"}"#) }
    #expect(value?.message.contains("near") == false)
    let duplicate = #expect(throws: JSONParseError.self) { try parse(#"{"name":1,"name":2}"#) }
    #expect(duplicate?.message == "duplicate object key near '\"name\"'")
  }
}
