import Model
import Testing

@testable import Grammar

struct NameRulesTests {
  private typealias Case = (name: String, problem: String?)

  private func expect(
    _ rule: (String) -> Problem?, _ cases: [Case], _ location: SourceLocation = #_sourceLocation
  ) {
    for (name, problem) in cases {
      let found = rule(name)?.message
      if let problem {
        #expect(
          found?.contains(problem) == true, "\(name): \(found ?? "-")", sourceLocation: location)
      } else {
        #expect(found == nil, "\(name)", sourceLocation: location)
      }
    }
  }

  @Test func projects() {
    expect(
      NameRules.projectID,
      [
        ("my-project-id", nil), ("abcdef", nil), ("a23456", nil),
        (String(repeating: "a", count: 30), nil), ("example.com:my-project", nil),
        ("abcde", "6 to 30 characters; this has 5"),
        (String(repeating: "a", count: 31), "6 to 30 characters; this has 31"),
        ("My-Project", "lower case"), ("1project", "begin with a lower-case letter"),
        ("-project", "begin"), ("project-", "end with a hyphen"), ("my_project", "letters, digits"),
        ("", "empty"), ("my project", "letters"), ("proyecto-ñ", "letters"),
        ("example:my-project", "DOMAIN:ID"), ("example.com:x", "6 to 30"), ("123456789", "begin"),
      ])
    expect(
      NameRules.projectIDOrNumber,
      [("123456789012", nil), ("my-project", nil), ("0123", "begin"), ("12a", "begin")])
  }

  @Test func repositories() {
    expect(
      NameRules.repositoryID,
      [
        ("my-python-libraries", nil), ("a", nil), ("r2", nil), ("a--b", nil),
        (String(repeating: "r", count: 63), nil),
        (String(repeating: "r", count: 64), "1 to 63 characters; this has 64"),
        ("my_repo", "letters, digits and hyphens"), ("Repo", "lower case"), ("2repo", "begin"),
        ("repo-", "end"), ("", "empty"), ("a.b", "letters"),
      ])
  }

  @Test func serviceAccounts() {
    expect(
      NameRules.accountID,
      [
        ("uploader", nil), ("github-action-pusher", nil), ("ci-sa1", nil), ("ci", "6 to 30"),
        ("ci-sa", "6 to 30 characters; this has 5"), (String(repeating: "s", count: 31), "31"),
        ("up_loader", "letters"), ("uploader-", "end"), ("Uploader", "lower case"),
      ])
  }

  @Test func roles() {
    expect(
      NameRules.roleID,
      [
        ("publisher", nil), ("my.Role_2", nil), ("abc", nil), ("_ab", nil), ("2ab", nil),
        (String(repeating: "R", count: 64), nil), ("ab", "3 to 64"), ("my-role", "hyphen"),
        (String(repeating: "R", count: 65), "65"), ("my role", "letters"), ("rôle", "letters"),
        ("", "3 to 64"),
      ])
  }

  @Test func ourOwnNames() {
    expect(
      NameRules.freeName,
      [
        ("uploader-key", nil), ("a", nil), ("a-", nil), ("A", "lower case"), ("1a", "begin"),
        (String(repeating: "n", count: 64), "64"), ("a_b", "letters"), ("", "empty"),
      ])
  }

  @Test func locations() {
    expect(
      NameRules.location,
      [
        ("us", nil), ("us-east4", nil), ("mars-north1", nil), ("us_east4", "us-east4"),
        ("US", "lower case"), ("", "empty"), ("u", "2 to 40"),
      ])
    #expect(Locations.isKnown("us-east4"))
    #expect(Locations.isKnown("europe"))
    #expect(!Locations.isKnown("mars-north1"))
    #expect(Locations.nearest(to: "us-eats4") == "us-east4")
    #expect(Set(Locations.regions).count == Locations.regions.count)
    #expect(Locations.regions.allSatisfy { NameRules.location($0) == nil })
  }

  @Test func services() {
    expect(
      NameRules.service,
      [
        ("artifactregistry.googleapis.com", nil), ("x.endpoints.p.cloud.goog", nil),
        ("artifactregistry", "full name"), ("", "full name"),
        ("ArtifactRegistry.googleapis.com", "full name"), ("a..b", "full name"),
      ])
  }

  @Test func bytesAreNotCharacters() {
    #expect(NameRules.bytes(String(repeating: "a", count: 100), atMost: 100) == nil)
    #expect(NameRules.bytes(String(repeating: "ñ", count: 50), atMost: 100) == nil)
    #expect(
      NameRules.bytes(String(repeating: "ñ", count: 51), atMost: 100)
        == "must be at most 100 bytes of UTF-8; this has 102")
  }
}
