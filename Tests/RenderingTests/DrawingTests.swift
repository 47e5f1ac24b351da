import TestSupport
import Testing

@testable import Rendering

@Suite struct DrawingTests {
  /// One of each look, with a text that is as it should be.
  private static let sample: Drawing = {
    var drawing = Drawing(title: "Apply order of greetings")
    drawing.nodes = Drawing.Look.allCases.map { look in
      Drawing.Node("of \(look)", [look.rawValue, "a name"], look)
    }
    drawing.groups = [
      Drawing.Group(
        title: "project my-project-id",
        nodes: [Drawing.Node("target", ["python", "us-east4"], .object)])
    ]
    drawing.edges = Drawing.EdgeLook.allCases.map { look in
      var edge = Drawing.Edge("of person", "target", look == .plain ? [] : [look.rawValue], look)
      edge.isDashed = look == .read
      return edge
    }
    drawing.remarks = ["A remark."]
    return drawing
  }()

  @Test func mermaid() {
    #expect(
      MermaidText().render(Self.sample).hasPrefix(
        """
        ---
        title: "Apply order of greetings"
        ---
        flowchart LR
          n1["resource<br/>a name"]:::resource
          n2[("object<br/>a name")]:::object
          n3[/"policy<br/>a name"/]:::policy
          n4>"key<br/>a name"]:::key

        """))
    #expect(
      MermaidText().render(Self.sample).contains(
        """
          subgraph g1["project my-project-id"]
            n12[("python<br/>us-east4")]:::object
          end
          n7 --> n12
          n7 -.->|"read"| n12
          n7 -->|"write"| n12

        """))
    #expect(MermaidText().render(Self.sample).contains("\n  linkStyle 1 stroke:#2f7d3b"))
  }

  @Test func dot() {
    let text = DOTText().render(Self.sample)
    #expect(
      text.hasPrefix("digraph arctl {\n  graph [rankdir=LR, label=\"Apply order of greetings\""))
    #expect(text.contains("\n  n1 [label=\"resource\\na name\", fillcolor=\"#eef2f7\""))
    #expect(
      text.contains(
        "\n  n7 -> n12 [label=\"read\", color=\"#2f7d3b\", fontcolor=\"#2f7d3b\", style=dashed]\n"))
    #expect(text.hasSuffix("label=\"A remark.\\l\"]\n}\n"))
  }

  @Test(arguments: [
    ("group:dev@example.com", "group:dev@example.com"),
    ("a\"b", "a#34;b"), ("a]b", "a#93;b"), ("%%{init}%%", "#37;#37;#123;init#125;#37;#37;"),
    ("<b>&amp;", "#60;b#62;#38;amp#59;"), ("#quot;", "#35;quot#59;"), ("a\nb", "a#92;nb"),
    ("`x`", "#96;x#96;"), ("my style: x", "my style#58; x"), ("größe", "größe"),
    ("a\u{202E}b", "a#92;u#123;202E#125;b"), ("\"\u{301}", "#34;#769;"),
  ])
  func mermaidWritesWhatMeansSomethingByItsNumber(text: String, escaped: String) {
    #expect(MermaidText.escaped(text) == escaped)
  }

  @Test(arguments: [
    ("a\"b", "a\\\"b"), ("a\\N", "a\\\\N"), ("&quot;", "&amp;quot;"), ("a\nb", "a\\\\nb"),
    ("\"\u{301}", "\\\"\u{301}"), ("<b>", "<b>"),
  ])
  func dotQuotesWhatMeansSomething(text: String, escaped: String) {
    #expect(DOTText.escaped(text) == escaped)
  }

  @Test func aLongTextIsBrokenAndNothingIsLost() {
    let text =
      "principalSet://iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/ci/attribute.repository/acme/site"
    let lines = DrawingLines.wrapped(text)
    #expect(lines.count >= 3 && lines.allSatisfy { $0.count <= DrawingLines.width })
    #expect(lines.joined() == text)
    #expect(DrawingLines.wrapped("") == [""])
    #expect(DrawingLines.wrapped(String(repeating: "x", count: 100)).map(\.count) == [44, 44, 12])
  }

  /// Whatever the texts are, the output has one line for each thing, and each line has the form that the language wants.
  @Test func hostileTextsStayWithinTheirQuotes() throws {
    let seed = UInt64.random(in: 0 ... .max)
    print("DrawingTests: seed \(seed)")
    var random = SeededRandom(state: seed)
    for _ in 0..<300 {
      let drawing = Self.hostile(&random)
      let mermaid = MermaidText().render(drawing)
      let dot = DOTText().render(drawing)
      #expect(Self.isFlowchart(mermaid, drawing), "seed \(seed)\n\(mermaid)")
      #expect(Self.isDigraph(dot, drawing), "seed \(seed)\n\(dot)")
    }
  }

  private static let pieces = [
    "\"", "]", "[", "\\", "\n", "\r", "%%", "%%{init: {}}%%", "<script>", "&quot;", "#34;", "`",
    "|", "-->", "end",
    "subgraph x", ";", "}", "{", "->", "\\l", "\u{202E}", "\u{0}", "\u{301}", "style: #a;",
    "classDef", "click n1",
    "/*", "*/", "//", "--", ":::", "🧨", "é", " ", "a", "0",
  ]

  private static func text(_ random: inout SeededRandom) -> String {
    (0..<Int.random(in: 0...8, using: &random)).map { _ in
      pieces.randomElement(using: &random) ?? ""
    }.joined()
  }

  private static func hostile(_ random: inout SeededRandom) -> Drawing {
    var drawing = Drawing(title: text(&random))
    func node(_ index: Int, _ random: inout SeededRandom) -> Drawing.Node {
      Drawing.Node(
        "key \(index)\(text(&random))", [text(&random), text(&random)],
        Drawing.Look.allCases.randomElement(using: &random) ?? .resource)
    }
    drawing.nodes = (0..<4).map { node($0, &random) }
    drawing.groups = [Drawing.Group(title: text(&random), nodes: (4..<7).map { node($0, &random) })]
    let keys = (drawing.nodes + drawing.groups.flatMap(\.nodes)).map(\.key)
    drawing.edges = (0..<6).map { _ in
      var edge = Drawing.Edge(
        keys.randomElement(using: &random) ?? "", keys.randomElement(using: &random) ?? "",
        [text(&random)], Drawing.EdgeLook.allCases.randomElement(using: &random) ?? .plain)
      edge.isDashed = Bool.random(using: &random)
      return edge
    }
    drawing.remarks = [text(&random)]
    return drawing
  }

  /// Every line is one of the forms that `MermaidText` writes, in its order and number; a text in quotes has no character
  /// that ends it, begins a directive, a tag, an entity of HTML or Markdown.
  private static func isFlowchart(_ text: String, _ drawing: Drawing) -> Bool {
    guard text.hasSuffix("\n"), !text.contains("\r"), !text.contains("%") else { return false }
    let quoted = ##""([^"<>&`%\[\]{}|\\#;\n]|#[0-9]+;|<br/>)*""##
    guard let title = try? Regex("title: \(quoted)"),
      let node = try? Regex(
        #" +n[0-9]+(\[|\[\(|\[/|>|\(\[|\{\{|\[\[)"# + quoted
          + #"(\]|\)\]|/\]|\]\)|\}\}|\]\]):::[a-z]+"#),
      let group = try? Regex(#"  subgraph g[0-9]+\["# + quoted + #"\]"#),
      let edge = try? Regex(#"  n[0-9]+ (-->|-\.->)\|"# + quoted + #"\| n[0-9]+"#),
      let remark = try? Regex(#"  remarks\["# + quoted + #"\]:::remark"#),
      let style = try? Regex("  (classDef [a-z]+ |linkStyle [0-9,]+ )[a-z0-9#:, -]+")
    else { return false }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()[...]
    func take(_ count: Int, _ form: Regex<AnyRegexOutput>) -> Bool {
      for _ in 0..<count {
        guard let line = lines.popFirst(),
          line.wholeMatch(of: form.matchingSemantics(.unicodeScalar)) != nil
        else { return false }
      }
      return true
    }
    guard lines.popFirst() == "---", take(1, title), lines.popFirst() == "---",
      lines.popFirst() == "flowchart LR", take(4, node), take(1, group), take(3, node),
      lines.popFirst() == "  end", take(drawing.edges.count, edge), take(1, remark)
    else { return false }
    return lines.allSatisfy { $0.wholeMatch(of: style) != nil }
  }

  /// The same for DOT: names, arrows and lists of attributes, whose texts end at the first quote that is not escaped.
  private static func isDigraph(_ text: String, _ drawing: Drawing) -> Bool {
    let quoted = #"\"([^\"\\\n\r]|\\[\"\\nl])*\""#
    let attributes =
      #"\[[a-z]+=("# + quoted + "|[A-Za-z0-9.]+)(, [a-z]+=(" + quoted
      + #"|[A-Za-z0-9.]+))*\]"#
    guard let node = try? Regex(" +(graph|node|edge|n[0-9]+|remarks) \(attributes)"),
      let edge = try? Regex("  n[0-9]+ -> n[0-9]+( \(attributes))?")
    else { return false }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()[...]
    func take(_ count: Int, _ form: Regex<AnyRegexOutput>) -> Bool {
      for _ in 0..<count {
        guard let line = lines.popFirst(),
          line.wholeMatch(of: form.matchingSemantics(.unicodeScalar)) != nil
        else { return false }
      }
      return true
    }
    return lines.popFirst() == "digraph arctl {" && take(3 + 4, node)
      && lines.popFirst() == "  subgraph cluster_1 {" && take(1 + 3, node)
      && lines.popFirst() == "  }" && take(drawing.edges.count, edge) && take(1, node)
      && lines.popFirst() == "}" && lines.isEmpty
  }
}
