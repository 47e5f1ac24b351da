import GoogleCloud
import JSON
import Model
import TestSupport
import Testing

@testable import CloudResources

@Suite struct ResourceNamesTests {
  private func address(_ text: String) throws -> Address {
    try #require(Address(parsing: text))
  }

  @Test(arguments: [
    ("p/project", "/v3/projects/p"),
    ("p/service/iam.googleapis.com", "/v1/projects/p/services/iam.googleapis.com"),
    ("p/repository/us/r", "/v1/projects/p/locations/us/repositories/r"),
    ("p/serviceAccount/up", "/v1/projects/p/serviceAccounts/up@p.iam.gserviceaccount.com"),
    ("p/role/publisher", "/v1/projects/p/roles/publisher"),
  ])
  func singleReadsHaveAPath(_ text: String, _ path: String) throws {
    let address = try address(text)
    #expect(address.rest?.path(of: address) == path)
    #expect(ReadCalls.resource(address)?.path == path)
  }

  @Test(arguments: ["p/repository/r", "p/serviceAccountKey/up/k", "p/iam/project"])
  func anAddressOfAnotherFormHasNone(_ text: String) throws {
    let address = try address(text)
    #expect(address.rest?.path(of: address) == nil)
    #expect(ReadCalls.resource(address) == nil)
  }

  /// A slash is a slash, whatever character of Unicode it would belong to.
  @Test(arguments: [
    ("a/b", ["a", "b"], "b"), ("", [""], ""), ("/", ["", ""], "/"),
    ("a//b/", ["a", "", "b", ""], "b"),
    ("///", ["", "", "", ""], "///"), ("a", ["a"], "a"),
    ("a/\u{301}x", ["a", "\u{301}x"], "\u{301}x"), ("x/\u{600}/", ["x", "\u{600}", ""], "\u{600}"),
    ("a/\u{e9}", ["a", "\u{e9}"], "\u{e9}"),
  ])
  func namesArePartedAtTheirSlashes(_ name: String, _ parts: [String], _ last: String) {
    let unicode = { (text: String) in Array(text.unicodeScalars) }
    #expect(ResourceNames.parts(of: name).map { unicode(String($0)) } == parts.map(unicode))
    #expect(unicode(ResourceNames.lastSegment(of: name)) == unicode(last))
  }

  @Test func anAnswerNamesTheProjectByItsIDOrNumber() throws {
    let repository = try address("p/repository/us/r")
    let rest = try #require(repository.rest)
    for (name, isOwn) in [
      ("projects/p/locations/us/repositories/r", true),
      ("projects/123/locations/us/repositories/r", true),
      ("projects/q/locations/us/repositories/r", false),
      ("projects/p/locations/eu/repositories/r", false),
      ("projects/p/locations/1/repositories/r", false),
      ("projects//locations/us/repositories/r", false),
      ("projects/p/locations/us/repositories/r/", false),
      ("projects/p/locations/us/repositories", false),
    ] {
      #expect(rest.isAbout(["name": .string(name)], repository) == isOwn, "\(name)")
    }
  }

  /// The answer about an account must repeat its e-mail, and that about a project its id besides its number.
  @Test func aNameAloneMayNotProveAResource() throws {
    let account = try address("p/serviceAccount/up")
    let email = "up@p.iam.gserviceaccount.com"
    let name: JSONValue = .string("projects/p/serviceAccounts/\(email)")
    let accounts = try #require(account.rest)
    #expect(accounts.isAbout(["name": name, "email": .string(email)], account))
    #expect(accounts.isNamed(["name": name], account))
    #expect(!accounts.isAbout(["name": name], account))
    #expect(!accounts.isAbout(["name": name, "email": "other@p.iam.gserviceaccount.com"], account))
    let project = try address("p/project")
    let projects = try #require(project.rest)
    #expect(projects.isAbout(["name": "projects/123", "projectId": "p"], project))
    #expect(!projects.isAbout(["name": "projects/p", "projectId": "p"], project))
    #expect(!projects.isAbout(["name": "projects/123", "projectId": "q"], project))
    #expect(!projects.isAbout(["name": "projects/123/x", "projectId": "p"], project))
  }
}
