import Testing

@testable import Model

@Suite struct AddressGlobTests {
  let address = Address(project: "my-project", .repository, "us-east4", "my-python")

  @Test(arguments: [
    ("my-project/repository/us-east4/my-python", true), ("my-project/**", true),
    ("**", true), ("my-*/repository/*/my-*", true), ("*/repository/us-east4/my-python", true),
    ("my-project/*", false), ("my-project/repository/*", false), ("repository/**", false),
    ("my-project/repository/us-east4/my-python/*", false), ("my-project/repo**python", true),
    ("", false), ("my-project/repository/us-east4/my-pytho", false), ("***", true),
  ])
  func whole(pattern: String, matches: Bool) {
    #expect(AddressGlob(pattern).matchesWhole(address) == matches)
  }

  @Test func selectionsAlsoMatchThePartAfterTheProject() {
    #expect(AddressGlob("repository/**").selects(address))
    #expect(AddressGlob("repository/*/my-python").selects(address))
    #expect(!AddressGlob("iam/**").selects(address))
  }

  @Test func wildcardsAloneAreKnown() {
    #expect(AddressGlob("**").matchesEverything)
    #expect(AddressGlob("*/**").matchesEverything)
    #expect(!AddressGlob("p/**").matchesEverything)
  }
}
