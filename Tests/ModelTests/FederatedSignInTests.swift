import Model
import Testing

/// What is not known of a sign-in may be the provider in question.
@Suite struct FederatedSignInTests {
  private static let pool = "projects/7/locations/global/workloadIdentityPools/pool"
  private static let run = FederatedSignIn(
    audience: "//iam.googleapis.com/\(pool)/providers/main")

  @Test(arguments: [
    ("\(pool)/providers/main", true), (pool, true),
    ("projects/8/locations/global/workloadIdentityPools/pool/providers/main", false),
    ("\(pool)/providers/other", false),
    ("projects/7/locations/global/workloadIdentityPools/other", false),
    // An id of a project may be that number's.
    ("projects/my-project-id/locations/global/workloadIdentityPools/pool/providers/main", true),
    ("unreadable", true),
  ])
  func theProviderOfTheRun(_ name: String, _ mayBe: Bool) throws {
    #expect(try #require(Self.run).mayUse(name) == mayBe)
  }

  @Test(arguments: [
    ("principalSet://iam.googleapis.com/\(pool)/attribute.repository_id/77", true),
    ("principalSet://iam.googleapis.com/\(pool)/*", true),
    ("principal://iam.googleapis.com/\(pool)/subject/a/b", true),
    (
      "principalSet://iam.googleapis.com/projects/8/locations/global/workloadIdentityPools/pool/*",
      false
    ),
    (
      "principalSet://iam.googleapis.com/projects/7/locations/global/workloadIdentityPools/other/*",
      false
    ),
    ("principalSet://iam.googleapis.com/locations/global/workforcePools/pool/*", false),
    ("user:a@example.com", false),
    ("user:principal://iam.googleapis.com/\(pool)/*", false),
  ])
  func membersThatMayBeTheRun(_ member: String, _ mayBe: Bool) throws {
    #expect(try #require(Self.run).mayBe(member) == mayBe)
  }

  @Test func theProjectOfThePool() throws {
    let run = try #require(Self.run)
    #expect(run.mayBeIn(project: "p", number: "7"))
    #expect(!run.mayBeIn(project: "p", number: "8"))
    #expect(run.mayBeIn(project: "p", number: nil))
  }

  @Test func otherFormsOfAudiences() throws {
    #expect(
      FederatedSignIn(
        audience: "//iam.googleapis.com/locations/global/workforcePools/w/providers/p") == nil)
    let fleet = try #require(
      FederatedSignIn(audience: "identitynamespace:pool:https://c.example/x:y"))
    #expect(fleet.mayUse("\(Self.pool)/providers/any"))
    #expect(!fleet.mayUse("projects/7/locations/global/workloadIdentityPools/other"))
    // A text that arctl cannot read may name any provider.
    for text in ["", "https://example.com", "//iam.googleapis.com/\(Self.pool)"] {
      let unknown = try #require(FederatedSignIn(audience: text))
      #expect(unknown.mayUse("projects/9/locations/global/workloadIdentityPools/other"), "\(text)")
    }
    let named = try #require(
      FederatedSignIn(audience: "https://iam.googleapis.com/\(Self.pool)/providers/main"))
    #expect(!named.mayUse("\(Self.pool)/providers/other"))
  }
}
