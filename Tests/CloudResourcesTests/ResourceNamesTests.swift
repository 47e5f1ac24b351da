import GoogleCloud
import JSON
import Model
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
  func whatIsReadByItselfHasAPath(_ text: String, _ path: String) throws {
    #expect(ResourceNames.path(of: try address(text)) == path)
    #expect(ReadCalls.resource(try address(text))?.path == path)
  }

  @Test(arguments: ["p/repository/r", "p/serviceAccountKey/up/k", "p/iam/project"])
  func anAddressOfAnotherFormHasNone(_ text: String) throws {
    #expect(ResourceNames.path(of: try address(text)) == nil)
    #expect(ReadCalls.resource(try address(text)) == nil)
  }

  @Test func theDomainOfAnOldProjectGoesBehindItsID() {
    let email = "up@id.example.com.iam.gserviceaccount.com"
    #expect(ResourceNames.email(account: "up", project: "example.com:id") == email)
    #expect(ResourceNames.accountID(of: email, project: "example.com:id") == "up")
    #expect(ResourceNames.accountID(of: email, project: "id") == nil)
    #expect(
      ResourceNames.accountID(of: "1-compute@developer.gserviceaccount.com", project: "p") == nil)
  }

  @Test func anAnswerIsOwnByItsProjectsIDOrNumber() throws {
    let repository = try address("p/repository/us/r")
    for (name, isOwn) in [
      ("projects/p/locations/us/repositories/r", true),
      ("projects/123/locations/us/repositories/r", true),
      ("projects/q/locations/us/repositories/r", false),
      ("projects/p/locations/eu/repositories/r", false),
      ("projects//locations/us/repositories/r", false),
    ] {
      #expect(ResourceNames.isOwn(["name": .string(name)], of: repository) == isOwn, "\(name)")
    }
  }
}
