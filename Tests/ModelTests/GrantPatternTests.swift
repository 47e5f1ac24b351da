import Testing

@testable import Model

@Suite struct GrantPatternTests {
  private let policy = Address(project: "p", .project).policy

  @Test func everyPartIsOptionalAndTheTitleMayContainSpaces() throws {
    let pattern = try GrantPattern(
      parsing: "p/iam/project role=roles/x member=user:A@X.com condition=office hours = 8")
    #expect(pattern.policies.pattern == "p/iam/project")
    #expect(pattern.role == "roles/x")
    #expect(pattern.member == "user:a@x.com")
    #expect(pattern.condition == "office hours = 8")
    #expect(try GrantPattern(parsing: pattern.description) == pattern)
    #expect(
      try GrantPattern(parsing: "iam/**  member=allUsers").description == "iam/** member=allUsers")
    #expect(try GrantPattern(parsing: "iam/** condition=role=x").condition == "role=x")
  }

  @Test(arguments: [
    "p/iam/project", "p/iam/project ", " role=x", "p/iam/project x", "p/iam/project role=",
    "p/iam/project member=a role=b", "p/iam/project role=a role=b", "p/iam/project role=a b",
    "p/iam/project title=x", "p/iam/project condition=",
  ])
  func otherFormsAreRefused(text: String) {
    #expect(throws: GrantPattern.Mistake.self) { try GrantPattern(parsing: text) }
  }

  @Test func itSelectsGrantsThatMatchInEveryPart() throws {
    let office = PolicyCondition(title: "office", expression: "e")
    let grant = Grant(role: "roles/x", condition: office, member: "user:a@x.com")
    func selects(_ text: String) throws -> Bool {
      try GrantPattern(parsing: text).selects(grant, of: policy)
    }
    #expect(try selects("p/iam/project role=roles/x"))
    #expect(try selects("iam/project role=roles/x member=user:a@x.com condition=office"))
    #expect(try !selects("q/iam/project role=roles/x"))
    #expect(try !selects("p/iam/project role=roles/y"))
    #expect(try !selects("p/iam/project member=user:b@x.com"))
    #expect(try !selects("p/iam/project role=roles/x condition=other"))
    let plain = Grant(role: "roles/x", member: "user:a@x.com")
    #expect(try !GrantPattern(parsing: "p/** condition=office").selects(plain, of: policy))
    // A glob that also matches resources still selects only policies.
    #expect(
      try !GrantPattern(parsing: "p/** role=roles/x")
        .selects(grant, of: Address(project: "p", .project)))
  }
}
