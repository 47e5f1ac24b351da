import Diagnostics
import Testing
import YAML

struct YAMLRefusalTests {
  /// Each text has one mark, `at`, where its only fault is reported.
  @Test(arguments: [
    ("AR0109", "a: 1\nb: 2\n⟦at|a⟧: 3\n"), ("AR0109", "x: {a: 1, ⟦at|\"a\"⟧: 3}\n"),
    ("AR0108", "base: &b {x: 1}\nuse: {⟦at|<<⟧: *b}\n"), ("AR0108", "a: ⟦at|!!str⟧ 5\n"),
    ("AR0108", "a: ⟦at|!mine⟧ {b: c}\n"), ("AR0108", "⟦at|{a: b}⟧: 1\n"),
    ("AR0108", "a: &k x\n⟦at|*k⟧ : 1\n"), ("AR0107", "a: ⟦at|*b⟧\n"),
    ("AR0107", "a: &a [⟦at|*a⟧]\n"), ("AR0105", "spec:\n⟦at|\t⟧a: b\n"),
    ("AR0105", "spec:\n  a: b\n  ⟦at|\t⟧c: d\n"), ("AR0105", "a: b⟦at|:⟧ c\n"),
    ("AR0105", "a: ⟦at|\"⟧b\n"), ("AR0105", "a: ⟦at|@⟧b\n"), ("AR0105", "a: \"⟦at|\\⟧d\"\n"),
    ("AR0105", "a: 1\n⟦at|foo bar⟧\nb: 1\n"), ("AR0105", "a:\n  b: 1\n ⟦at|c⟧: 1\n"),
    ("AR0105", "a: [b, c]⟦at|]⟧\n"),
    ("AR0105", "a: ⟦at|-⟧ b\n"), ("AR0105", "a: ⟦at|*⟧.txt\n"), ("AR0105", "a: 'it' ⟦at|s'⟧\n"),
    ("AR0105", "- b\n⟦at|c⟧\n"),
    ("AR0108", "⟦at|%⟧FOO x\n--- \na: b\n"), ("AR0108", "⟦at|%⟧TAG ! tag:x,2000:\n---\na: b\n"),
    ("AR0133", "a: {b: ⟦at|${x}⟧}\n"), ("AR0133", "a: [⟦at|p-${x.y}-s⟧, \"${z}\"]\n"),
    ("AR0133", "a: [1, ⟦at|${x}${y}⟧]\n"), ("AR0133", "metadata: {name: ⟦at|a${x}⟧, b: c}\n"),
  ])
  func place(_ code: String, _ marked: String) {
    let text = MarkedText(marked)
    let found = text.file.diagnostics.map { "\($0.code.rawValue) \(YAMLTests.place($0.position))" }
    #expect(found == ["\(code) \(text.places["at"] ?? "?")"], "\(text.file.diagnostics)")
  }

  /// The message and its place; the mark is the only fault.
  @Test(arguments: [
    ("this `[` is never closed", "a: ⟦at|[⟧b\n"), ("this `{` is never closed", "a: ⟦at|{⟧b: c"),
    ("this `[` is never closed", "a: ⟦at|[⟧b\n---\nc: d\n"),
    ("this quote is never closed", "a: ⟦at|'⟧b\nc: d\n"),
    ("a second `: ` on one line", "a: b⟦at|:⟧ c\n"),
    ("a key cannot begin here", "a:\n  b: 1\n   ⟦at|c⟧: 2\n"),
    ("a key cannot begin here", "a:b\n⟦at|key⟧: d\n"),
    ("a mapping cannot begin on the line of `---`", "--- a⟦at|:⟧ b\n"),
    ("text after the closing quote", "a: 'it'⟦at|s'⟧\n"),
    ("this quote is not closed on its line", "a: ⟦at|\"⟧one\nb: \"two\"\n"),
    ("this quote is not closed on its line", "a: ⟦at|'⟧one\nb: {c: 'two', d: e}\n"),
    ("this quote is not closed on its line", "a: [⟦at|\"⟧one, two,\n  \"three\"]\n"),
    ("text after the closing quote", "a: \"one\n  two\"\nb: 'it'⟦at|s'⟧\n"),
    ("text after the closing `]`", "a: [b] ⟦at|c⟧\n"),
    ("unquoted text cannot begin with this character", "a: ⟦at|`⟧b`\n"),
    ("a list item `- ` cannot begin here", "a: ⟦at|-⟧ b\n"),
    ("expected `key: value`: there is no `:` after this text", "a: 1\n⟦at|foo bar⟧\n"),
    ("expected `key: value`: there is no `:` after this text", "a: 1\n⟦at|https://x⟧\n"),
    ("there is no space after this `:`", "a: 1\nfoo⟦at|:⟧bar baz\nb: 2\n"),
    ("a value is missing here", "a: {b: c,⟦at|,⟧ d: e}\n"),
    ("nothing but a comment may follow on this line", "a: |⟦at|x⟧\n  b\n"),
    ("only YAML 1.1 and 1.2 are supported", "⟦at|%YAML⟧ 3.0\n---\na: b\n"),
    ("this belongs to nothing above it", "a: b\n...\n⟦at|c⟧: d\n"),
  ])
  func words(_ message: String, _ marked: String) {
    let text = MarkedText(marked)
    let found = text.file.diagnostics.map { "\($0.message) \(YAMLTests.place($0.position))" }
    #expect(found == ["\(message) \(text.places["at"] ?? "?")"])
  }

  @Test func textBeforeASyntaxErrorIsNotADocument() {
    #expect(YAMLFile("a\nb: c\n").documents.isEmpty)
    #expect(YAMLFile("a: b\n...\nc: d\n").documents.map(\.outline) == ["{a: b}"])
  }

  @Test func duplicateKeysNameTheFirst() throws {
    let text = MarkedText("⟦first|a⟧: 1\n⟦second|a⟧: 2\n⟦third|a⟧: 3\n")
    #expect(text.file.documents.map(\.outline) == ["{a: 1}"])
    #expect(text.file.diagnostics.count == 2)
    for diagnostic in text.file.diagnostics {
      #expect(diagnostic.related.map { YAMLTests.place($0.position) } == [text.places["first"]])
    }
  }

  @Test func aRepeatedFirstKeyMeansAMissingDivider() {
    let file = MarkedText("a: 1\nb: 2\n⟦at|a⟧: 3\nb: 4\nc: 5\nc: 6\n---\na: 7\nb: 8\n⟦b|b⟧: 9\n")
    #expect(
      file.file.diagnostics.map { YAMLTests.place($0.position) }
        == [file.places["at"], file.places["b"]])
    #expect(
      file.file.diagnostics.map(\.help)
        == [["if a new document begins here, write a line `---` above it"], []])
    #expect(file.file.hasMerged)
    #expect(!MarkedText("a: {b: 1, b: 2}\nc: 1\nc: 2\n").file.hasMerged)
  }

  /// It may be a secret.
  @Test func aValueWithoutASpaceIsNotRepeated() throws {
    let found = YAMLFile("a: 1\npassword:hunter2\nb: 2\n").diagnostics
    let error = try #require(found.first)
    #expect(error.message == "there is no space after this `:`")
    #expect(!(error.message + error.label + error.help.joined()).contains("hunter2"))
  }

  @Test func duplicateKeysOfManyAreFound() {
    let keys = (0..<40).map { "k\($0): 1\n" }.joined()
    #expect(YAMLFile(keys + "k39: 2\nk0: 3\n").faults == ["AR0109 41:1", "AR0109 42:1"])
  }

  @Test func parsingContinuesAtTheNextDocument() {
    let file = YAMLFile(
      """
      a: [
      ---
      b: 1
      b: 2
      --- {c: }}
      x: y
      ---
      d: "open
      ---
      e: f
      """)
    #expect(file.faults == ["AR0105 1:4", "AR0109 4:1", "AR0105 5:10", "AR0105 8:4"])
    #expect(file.documents.map(\.outline) == ["{b: 1}", "{c: }", "{e: f}"])
    #expect(file.documents.last?.position.line == 10)
  }

  @Test func variablesOutsideOfFlowNeedNoQuotes() {
    let file = YAMLFile("a: ${x}\nb: [\"${y}\"]\nc: >\n  ${z}\nd: x${a}-${b}\n")
    #expect(file.diagnostics.isEmpty)
  }

  @Test func everyUnquotedVariableIsReported() {
    let text = MarkedText(
      """
      é: {a: ⟦1|${x}⟧, b: [⟦2|p-${y}⟧, "${z}"]}
      é: ⟦3|${x}⟧
      c: {⟦4|${k}⟧: 1}
      ---
      d: ${x}
      """.replacing("é: ⟦3|${x}⟧", with: "⟦3|é⟧: ${x}"))
    #expect(
      text.file.diagnostics.map(\.code.rawValue).sorted() == ["AR0109"]
        + Array(repeating: "AR0133", count: 3))
    #expect(
      Set(text.file.diagnostics.map { YAMLTests.place($0.position) }) == Set(text.places.values))
    #expect(
      text.file.documents.map(\.outline) == [
        "{é: {a: ${x}, b: [p-${y}, '${z}']}, c: {${k}: 1}}", "{d: ${x}}",
      ])
  }

  @Test func variablesInBrokenFlow() {
    #expect(YAMLFile("a: {${x\n").faults == ["AR0133 1:5", "AR0105 1:4"])
    #expect(
      YAMLFile("---\na: [${x}\n---\nb: [${y}]").faults == [
        "AR0133 2:5", "AR0105 2:4", "AR0133 4:5",
      ])
  }

  @Test func theFixForAVariableIsTheWholeValue() {
    let file = YAMLFile("a: [p-${x}-s, b]\n")
    #expect(file.diagnostics.first?.help == ["quote it: \"p-${x}-s\""])
  }
}
