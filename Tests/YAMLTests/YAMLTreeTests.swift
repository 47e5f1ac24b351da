import Testing
import YAML

struct YAMLTreeTests {
  @Test func documentsWithStyles() {
    let file = YAMLFile(
      """
      %YAML 1.2
      ---
      a: b
      no: 'no'
      list: [1, "2", {x: ~}]
      block: |
        one
        two
      ---
      # only a comment
      ---
      - 0123
      -
      ...
      """)
    #expect(file.diagnostics.isEmpty)
    #expect(
      file.documents.map(\.outline) == [
        "{a: b, no: 'no', list: [1, '2', {x: ~}], block: |one\ntwo\n|}", "[0123, ]",
      ])
  }

  @Test(arguments: ["", "\n", "# nothing\n", "---\n", "---\n---\n", "\u{FEFF}"])
  func emptyFiles(_ text: String) {
    let file = YAMLFile(text)
    #expect(file.documents.isEmpty && file.diagnostics.isEmpty)
  }

  @Test func positionsAreCodePoints() throws {
    let text = MarkedText(
      """
      ⟦key|naïve-e\u{301}-日本-🎉⟧: ⟦value|"ü🎉"⟧
      ⟦spec key|spec⟧:
        ⟦inner|a: [⟦item|x⟧, ⟦flow|{b: c}⟧]⟧
        long: ⟦folded|"one⟧
          two"
        text: ⟦block||⟧
          z
        empty:⟦empty| ⟧
        last: ⟦multi|{a: 1,⟧
        b: 2}
      """)
    let root = try #require(text.file.documents.first)
    #expect(text.file.diagnostics.isEmpty)
    let key = "naïve-e\u{301}-日本-🎉"
    let spec = try #require(root["spec"]?.value)
    let found = [
      "key": place(root[key]?.keyPosition), "value": place(root[key]?.value.position),
      "spec key": place(root["spec"]?.keyPosition), "inner": place(spec.position),
      "item": place(spec["a"]?.value[0]?.position), "flow": place(spec["a"]?.value[1]?.position),
      "folded": place(spec["long"]?.value.position), "block": place(spec["text"]?.value.position),
      "empty": place(spec["empty"]?.value.position),
      "multi": place(spec["last"]?.value.position),
    ]
    #expect(found == text.places)
  }

  @Test func aByteOrderMarkTakesNoColumn() throws {
    let root = try #require(YAMLFile("\u{FEFF}a: b\n").documents.first)
    #expect(place(root["a"]?.value.position) == "1:4+1")
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func lineBreaks(_ lineBreak: String) throws {
    let text = ["a: 1", "b: [", "c: 1", "---", "d: e: f"].joined(separator: lineBreak)
    #expect(YAMLFile(text).faults == ["AR0105 2:4", "AR0105 5:5"])
  }

  @Test func aliasesHaveThePositionOfTheirUse() throws {
    let text = MarkedText(
      """
      a: &x {k: ⟦inside|v⟧}
      b: ⟦use|*x⟧
      """)
    let root = try #require(text.file.documents.first)
    #expect(root.outline == "{a: {k: v}, b: {k: v}}")
    let use = try #require(root["b"]?.value)
    #expect(place(use.position) == text.places["use"])
    #expect(place(use["k"]?.value.position) == text.places["inside"])
  }

  @Test func anchorsEndWithTheirDocument() {
    let file = YAMLFile("a: &x 1\n---\nb: *x\n")
    #expect(file.faults == ["AR0107 3:4"])
  }

  @Test func nulls() {
    let root = YAMLFile("[~, null, '', \"null\", , nil]".replacing(", ,", with: ", "))
    let nulls = (0..<5).map { index -> Bool in
      guard case .scalar(let scalar)? = root.documents.first?[index]?.content else { return false }
      return scalar.isNull
    }
    #expect(nulls == [true, true, false, false, false])
  }
}
