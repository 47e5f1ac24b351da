import JSON
import Testing

@Suite struct JSONSerializationTests {
  let value: JSONValue = ["b": [1, .real(0.1), .null], "a": ["x": "y"], "c": [], "d": [:]]

  @Test func compact() {
    #expect(value.text() == #"{"b":[1,0.1,null],"a":{"x":"y"},"c":[],"d":{}}"#)
  }

  @Test func canonicalSortsByUTF8() {
    #expect(value.text(.canonical) == #"{"a":{"x":"y"},"b":[1,0.1,null],"c":[],"d":{}}"#)
    // U+FF61 sorts before U+1F600 in UTF-8 and after it in UTF-16; "e" + accent before "é".
    let keys: JSONValue = ["\u{1F600}": 1, "\u{FF61}": 2, "é": 3, "z": 4, "e\u{301}x": 5, "Z": 6]
    #expect(
      keys.text(.canonical)
        == "{\"Z\":6,\"e\u{301}x\":5,\"z\":4,\"é\":3,\"\u{FF61}\":2,\"\u{1F600}\":1}")
  }

  @Test func pretty() {
    #expect(
      value.text(.pretty) == """
        {
          "b": [
            1,
            0.1,
            null
          ],
          "a": {
            "x": "y"
          },
          "c": [],
          "d": {}
        }
        """)
  }

  @Test func escapes() {
    let value: JSONValue = "\"\\/\u{8}\t\n\r\u{1b}\0\u{7f}\u{85}\u{2028}\u{2029}é😀"
    #expect(
      value.text()
        == #""\"\\/\u0008\t\n\r\u001b\u0000\u007f\u0085\u2028\u2029é😀""#)
  }

  @Test func hiddenCharactersAreEscapedAndRoundTrip() throws {
    let hidden =
      "\u{ad}\u{61c}\u{180e}\u{200b}\u{200d}\u{200e}\u{202e}\u{2066}\u{2069}\u{fe0f}\u{feff}\u{fff9}"
      + "\u{e0001}\u{e0041}"
    let value: JSONValue = ["a": .string(hidden), .init(hidden): 1]
    for layout in [JSONValue.Layout.compact, .pretty] {
      let text = value.text(layout)
      #expect(text.utf8.allSatisfy { $0 < 0x7f })
      #expect(text.contains(#"\u00ad\u061c\u180e\u200b"#))
      #expect(text.contains(#"\udb40\udc01\udb40\udc41"#))
      #expect(try JSONValue(parsing: Array(text.utf8)) == value)
    }
    // The form that plan ids are made of must not change.
    #expect(JSONValue.string(hidden).text(.canonical) == "\"\(hidden)\"")
  }

  @Test func notANumberIsNull() { #expect(JSONValue.real(.nan).text() == "null") }

  @Test func randomValuesReturn() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = Generator(state: seed)
    for _ in 0..<300 {
      let value = random.value(depth: 5)
      for layout in [JSONValue.Layout.compact, .canonical, .pretty] {
        let back = try JSONValue(parsing: value.serialized(layout))
        #expect(back == value, "seed \(seed)")
        #expect(back.hashValue == value.hashValue, "seed \(seed)")
        #expect(back.serialized(layout) == value.serialized(layout), "seed \(seed)")
      }
    }
  }
}

/// A generator of random values from a seed (SplitMix64).
private struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }

  mutating func text() -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "\"", "\\", "\0", "\n", "é", "\u{2028}", "😀", "/", "\u{202e}", "\u{e0001}",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...8, using: &self) {
      text.append(scalars[Int.random(in: 0..<scalars.count, using: &self)])
    }
    return String(text)
  }

  mutating func value(depth: Int) -> JSONValue {
    switch Int.random(in: 0...(depth == 0 ? 4 : 6), using: &self) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &self))
    case 2: return .integer(Int64.random(in: Int64.min...Int64.max, using: &self))
    case 3: return .real(Double(bitPattern: next() & 0xbfff_ffff_ffff_ffff))
    case 4: return .string(text())
    case 5:
      return .array(
        (0..<Int.random(in: 0...6, using: &self)).map { _ in value(depth: depth - 1) })
    default:
      var object = JSONObject()
      for index in 0..<Int.random(in: 0...20, using: &self) {
        // jansson does not accept NUL in a key.
        object["\(index)" + text().filter { $0 != "\0" }] = value(depth: depth - 1)
      }
      return .object(object)
    }
  }
}
