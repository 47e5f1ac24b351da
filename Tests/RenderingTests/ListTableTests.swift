import Diagnostics
import JSON
import Model
import Testing

@testable import Rendering

@Suite struct ListTableTests {
  private static let listing: Listing = {
    var listing = Listing(
      "repositories",
      [
        ListColumn("address", .address), ListColumn("format", .text, rank: 4),
        ListColumn("size", .bytes, rank: 1), ListColumn("updated", .time, rank: 2),
        ListColumn("declared", .flag, rank: 3), ListColumn("project", .text, isDetail: true),
      ])
    listing.rows = [
      ListRow(
        names: [],
        values: [
          "address": "acme-hub/repository/europe/python-own", "format": "python",
          "size": 1_234_567_890, "updated": "2026-11-28T15:00:00.123456Z", "declared": true,
          "project": "acme-hub",
        ]),
      ListRow(
        names: [],
        values: [
          "address": "acme-data-science/repository/us-central1/models", "format": "generic",
          "size": 0, "updated": .null, "declared": false, "project": "acme-data-science",
        ]),
    ]
    return listing
  }()

  private func table(_ listing: Listing, width: Int?, colour: Bool = false) -> String {
    output(listing, width: width, colour: colour).text
  }

  private func output(
    _ listing: Listing, width: Int?, colour: Bool = false
  ) -> ListTable.Output {
    ListTable(style: TextStyle(style: Style(isColored: colour), width: width)).render(listing)
  }

  private static let whole = """
    address                                          format      size  updated     declared
    acme-hub/repository/europe/python-own            python    1.2 GB  2026-11-28  yes
    acme-data-science/repository/us-central1/models  generic  0 bytes  -           no

    """

  @Test func aPipeCutsNothing() {
    #expect(table(Self.listing, width: nil) == Self.whole)
  }

  @Test func aWideTerminalShowsTheSame() {
    #expect(table(Self.listing, width: 160) == Self.whole)
  }

  @Test func aNarrowTerminalLeavesOutTheLeastImportantColumns() {
    #expect(
      table(Self.listing, width: 72) == """
        address                                             size  updated
        acme-hub/repository/europe/python-own             1.2 GB  2026-11-28
        acme-data-science/repository/us-central1/models  0 bytes  -

        """)
  }

  /// A missing column is never taken for one without values.
  @Test func columnsThatDoNotFitAreNamed() {
    #expect(output(Self.listing, width: nil).omitted == [])
    #expect(output(Self.listing, width: 160).omitted == [])
    #expect(output(Self.listing, width: 72).omitted == ["format", "declared"])
    #expect(output(Self.listing, width: 24).omitted == ["format", "size", "updated", "declared"])
  }

  @Test func theEndOfAnAddressIsKept() {
    #expect(
      table(Self.listing, width: 24) == """
        address
        ...ory/europe/python-own
        ...ry/us-central1/models

        """)
  }

  @Test(arguments: [20, 24, 40, 60, 72, 80, 100])
  func noLineIsWiderThanTheTerminal(width: Int) {
    for line in table(Self.listing, width: width).split(separator: "\n") {
      #expect(displayWidth(String(line)) <= width)
    }
  }

  @Test func coloursAreOnlyInTheHeading() {
    let plain = table(Self.listing, width: nil).split(separator: "\n")
    let coloured = table(Self.listing, width: nil, colour: true).split(separator: "\n")
    #expect(coloured[0] != plain[0])
    #expect(coloured[0].contains("\u{1B}["))
    #expect(Array(coloured.dropFirst()) == Array(plain.dropFirst()))
    #expect(!table(Self.listing, width: nil).contains("\u{1B}"))
  }

  /// A name at Google may hold anything: it neither moves the cursor nor adds a line.
  @Test func namesAreNeutralised() {
    var listing = Listing("packages", [ListColumn("package", .text), ListColumn("size", .bytes)])
    listing.rows = [
      ListRow(names: [], values: ["package": "a\u{1B}[2Jb\nc\u{202E}d", "size": 5])
    ]
    #expect(
      table(listing, width: nil) == #"""
        package                     size
        a\u{1B}[2Jb\nc\u{202E}d  5 bytes

        """#)
  }

  @Test func aListWithoutRowsIsEmpty() {
    #expect(table(Listing("packages", [ListColumn("package", .text)]), width: 80) == "")
  }

  private static let samples: [(value: JSONValue, form: ListColumn.Form, text: String)] = [
    (.null, .flag, "unknown"), (.null, .end, "never"), (.null, .time, "-"), ("", .text, "-"),
    (90_000, .age, "25h"), (172_800, .age, "2d"), (59, .age, "0m"),
    (["title": "until-2027", "expression": "x"], .condition, "until-2027 (x)"),
    (["title": "", "expression": "x"], .condition, "x"), (.null, .condition, "-"),
  ]

  @Test(arguments: samples)
  func values(value: JSONValue, form: ListColumn.Form, text: String) {
    #expect(ListTable.text(value, form) == text)
  }

  @Test func theJSONFormHasAllColumnsAndWhatIsMissing() throws {
    var listing = Self.listing
    var refusal = ReadProblem(.forbidden, "403 on the list", help: "grant it")
    refusal.missing = .init(
      permission: "artifactregistry.repositories.list", role: nil, isOnlyCause: true)
    listing.problems = [
      ListProblem(project: "acme-web", what: "repositories", reason: refusal)
    ]
    listing.rows.removeLast()
    let json = ListJSON.value(listing, total: 2, caller: "ana@example.com")
    #expect(
      json == [
        "formatVersion": 1, "list": "repositories", "complete": false, "caller": "ana@example.com",
        "total": 2,
        "items": [
          [
            "address": "acme-hub/repository/europe/python-own", "format": "python",
            "size": 1_234_567_890, "updated": "2026-11-28T15:00:00.123456Z", "declared": true,
            "project": "acme-hub",
          ]
        ],
        "absent": [],
        "notListed": [
          [
            "project": "acme-web", "list": "repositories", "reason": "forbidden",
            "message": "403 on the list", "help": "grant it",
            "permission": "artifactregistry.repositories.list", "role": .null,
          ]
        ],
      ])
  }
}
