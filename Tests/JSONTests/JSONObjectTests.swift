import JSON
import Testing

@Suite struct JSONObjectTests {
  /// Few members are searched linearly, many by a dictionary.
  @Test(arguments: [1, 5, 12, 13, 14, 40])
  func addsReplacesAndRemoves(count: Int) {
    var object = JSONObject()
    let keys = (0..<count).map { "key\($0)" }
    for (index, key) in keys.enumerated() { object[key] = .integer(Int64(index)) }
    #expect(object.keys == keys)
    #expect(object.count == count)
    object[keys[0]] = "replaced"
    #expect(object.keys == keys)
    #expect(object[keys[0]] == "replaced")
    object["missing"] = nil
    #expect(object.count == count)
    for key in keys.dropLast() { object[key] = nil }
    #expect(object.keys == keys.suffix(1))
    #expect(object[keys[0]] == (count == 1 ? "replaced" : nil))
    object["new"] = nil as JSONValue?
    object["new"] = .null
    #expect(object.keys == keys.suffix(1) + ["new"])
  }

  @Test(arguments: [3, 30]) func equalityIgnoresOrder(count: Int) {
    let members = (0..<count).map { ("key\($0)", JSONValue.integer(Int64($0))) }
    var (left, right) = (JSONObject(), JSONObject())
    for (key, value) in members { left[key] = value }
    for (key, value) in members.reversed() { right[key] = value }
    #expect(left == right)
    #expect(left.hashValue == right.hashValue)
    right["key0"] = "other"
    #expect(left != right)
    right["key0"] = nil
    #expect(left != right)
    right["other"] = 0
    #expect(left != right)
  }
}
