import JSON
import Testing

@testable import Model

@Suite struct ListingTests {
  private static let columns = [
    ListColumn("name", .text, at: .member("name")),
    ListColumn("size", .bytes, at: .member("sizeBytes", ifMissing: 0)),
    ListColumn("updated", .time, at: .member("updateTime")),
    ListColumn("expires", .end, at: .member("validBeforeTime")),
    ListColumn("declared", .flag),
  ]

  private static func listing(_ rows: [[String: JSONValue]]) -> Listing {
    var listing = Listing("things", columns)
    listing.rows = rows.map {
      ListRow(names: [$0["name"]?.string ?? ""], values: $0)
    }
    return listing
  }

  private static func names(_ listing: Listing) -> [String] {
    listing.rows.compactMap { $0.values["name"]?.string }
  }

  @Test func numbersAreSortedByValueAndMissingOnesComeLast() {
    var listing = Self.listing([
      ["name": "a", "size": 9], ["name": "b"], ["name": "c", "size": 10], ["name": "d", "size": 1],
    ])
    listing.sort(by: [.init("size")])
    #expect(Self.names(listing) == ["d", "a", "c", "b"])
    listing.sort(by: [.init("size", isDescending: true)])
    #expect(Self.names(listing) == ["c", "a", "d", "b"])
  }

  /// Servers leave out a fraction of zero, so texts of equal form do not sort by time.
  @Test func timesAreSortedAsTimes() {
    var listing = Self.listing([
      ["name": "late", "updated": "2026-11-28T15:00:00.5Z"],
      ["name": "whole", "updated": "2026-11-28T15:00:00Z"],
      ["name": "later", "updated": "2026-11-28T15:00:00.523456Z"],
      ["name": "day", "updated": "2026-11-27T15:00:00.999Z"],
    ])
    listing.sort(by: [.init("updated")])
    #expect(Self.names(listing) == ["day", "whole", "late", "later"])
  }

  @Test func laterColumnsDecideBetweenEqualValues() {
    var listing = Self.listing([
      ["name": "b", "declared": true], ["name": "c", "declared": false],
      ["name": "a", "declared": true],
    ])
    listing.sort(by: [.init("declared", isDescending: true), .init("name")])
    #expect(Self.names(listing) == ["a", "b", "c"])
  }

  @Test func aPatternKeepsWhatOneOfItsNamesMatches() {
    var listing = Listing("repositories", Self.columns)
    listing.rows = ["us/a", "us/b", "europe/a"].map {
      ListRow(names: ["p/repository/\($0)", "repository/\($0)"], values: ["name": .string($0)])
    }
    listing.keep(AddressGlob("repository/*/a"))
    #expect(Self.names(listing) == ["us/a", "europe/a"])
    listing.keep(AddressGlob("p/repository/us/**"))
    #expect(Self.names(listing) == ["us/a"])
  }

  @Test(arguments: [
    ("sizeBytes", "size", JSONValue.string("1200")),
    ("updateTime", "updated", "2026-11-28T15:00:00Z"),
  ])
  func aValueOfAnotherFormIsNotTakenForAMissingOne(
    member: String, column: String, sound: JSONValue
  ) throws {
    let column = try #require(Self.columns.first { $0.name == column })
    #expect(try column.value(in: .object([member: sound])) != .null)
    for damaged: JSONValue in ["soon", 5, true, [], [:], "-1"] {
      #expect(throws: ListColumn.Mistake.self) {
        try column.value(in: .object([member: damaged]))
      }
    }
  }

  @Test func valuesOfLiveThings() throws {
    func value(_ name: String, _ live: JSONValue) throws -> JSONValue? {
      try #require(Self.columns.first { $0.name == name }).value(in: live)
    }
    #expect(try value("size", [:]) == 0)
    #expect(try value("size", ["sizeBytes": "1200"]) == 1200)
    #expect(try value("updated", [:]) == .null)
    #expect(try value("expires", ["validBeforeTime": "9999-12-31T23:59:59Z"]) == .null)
    #expect(
      try value("expires", ["validBeforeTime": "2027-01-01T00:00:00Z"]) == "2027-01-01T00:00:00Z")
    // The reader fills it in.
    #expect(try value("declared", ["declared": true]) == nil)
  }

  @Test(arguments: [
    ("projects/p/locations/l/repositories/r/packages/requests", "packages", "requests"),
    (
      "projects/p/locations/l/repositories/r/packages/%40acme%2Fui/versions/1.0%2Bcu121",
      "packages", "@acme/ui"
    ),
    (
      "projects/p/locations/l/repositories/r/packages/a/versions/1.0%2Bcu121", "versions",
      "1.0+cu121"
    ),
    ("projects/p/locations/l/repositories/r/files/a%2", "files", "a%2"),
    ("projects/p/locations/l/repositories/r/files/a%zz", "files", "a%zz"),
    ("projects/p/locations/l/repositories/r/files/%FF", "files", "%FF"),
    ("projects/p/locations/l/repositories/r/packages/a", "versions", nil),
    ("projects/p/locations/l/repositories/r/packages/", "packages", nil),
    // The last collection of this name counts: a repository may be called `packages`.
    ("projects/p/locations/l/repositories/packages/packages/a", "packages", "a"),
  ])
  func partsOfNames(name: String, collection: String, part: String?) {
    #expect(ListColumn.part(of: name, after: collection) == part)
  }

  @Test(arguments: [
    "", "soon", "2026-11-28", "2026-11-28T15:00:00.Z", "2026-11-28T15:00:00.1234567890Z",
    "2026-13-28T15:00:00Z",
  ])
  func otherTextsAreNotTimes(text: String) {
    #expect(Instant(text) == nil)
  }
}
