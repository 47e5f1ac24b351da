import Model
import Testing

@testable import Resources

@Suite struct RefusalTextTests {
  private let added = [
    "serviceAccount:x@p.iam.gserviceaccount.com", "user:gone@example.com", "group:gone@example.com",
    "user:one@example.com", "domain:example.com", "allUsers",
    "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s",
  ].map { Grant(role: "roles/viewer", member: $0) }

  private func named(_ message: String) -> [String] {
    RefusalText(message).named(among: added).map(\.member).sorted()
  }

  @Test(arguments: [
    (
      "Service account x@p.iam.gserviceaccount.com does not exist.",
      ["serviceAccount:x@p.iam.gserviceaccount.com"]
    ),
    (
      "Service account X@P.iam.gserviceaccount.com does not exist.",
      ["serviceAccount:x@p.iam.gserviceaccount.com"]
    ),
    ("User gone@example.com does not exist.", ["user:gone@example.com"]),
    ("Group gone@example.com does not exist.", ["group:gone@example.com"]),
    (
      "The principal gone@example.com is not known",
      ["group:gone@example.com", "user:gone@example.com"]
    ),
    (
      "Invalid argument: the member \"group:gone@example.com\" is not known.",
      ["group:gone@example.com"]
    ),
    ("Domain example.com does not exist.", ["domain:example.com"]),
    ("Members allUsers is not allowed in a project's policy.", ["allUsers"]),
    (
      "Users gone@example.com, one@example.com do not exist",
      ["group:gone@example.com", "user:gone@example.com", "user:one@example.com"]
    ),
    (
      "The member principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s is not valid.",
      [
        "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s"
      ]
    ),
  ])
  func membersAreRecognised(message: String, members: [String]) {
    #expect(named(message) == members)
  }

  @Test(arguments: [
    "One or more users named in the policy do not belong to a permitted customer, perhaps due to an organization policy.",
    "User gone@example.com.au does not exist.", "User agone@example.com does not exist.",
    "User other@example.com does not exist.", "Request contains an invalid argument.",
    "remove deleted:serviceAccount:x@p.iam.gserviceaccount.com?uid=1 from the binding",
    "User x does not exist.", "", "Group one@example.com does not exist.",
  ])
  func aTextWithoutTheirNamesNamesNone(message: String) {
    #expect(named(message).isEmpty)
  }

  @Test func aRoleIsNamedWhereNoMemberIs() {
    let grants = [
      Grant(role: "roles/a", member: "user:a@x.com"),
      Grant(role: "roles/ab", member: "user:b@x.com"),
    ]
    let found = RefusalText("Role roles/a is not supported for this resource.").named(among: grants)
    #expect(found == [grants[0]])
  }
}
