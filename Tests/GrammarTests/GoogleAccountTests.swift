import Testing

@testable import Grammar

struct GoogleAccountTests {
  @Test(arguments: [
    ("123-Compute@developer.gserviceaccount.com", "p", "123-compute@developer.gserviceaccount.com"),
    (
      "my-project@appspot.gserviceaccount.com", "my-project",
      "my-project@appspot.gserviceaccount.com"
    ),
    ("123@cloudservices.gserviceaccount.com", "p", "123@cloudservices.gserviceaccount.com"),
    (
      "service-1@gcp-sa-pubsub.iam.gserviceaccount.com", "p",
      "service-1@gcp-sa-pubsub.iam.gserviceaccount.com"
    ),
    // Older than the rule about lengths; its host names the project.
    ("2ab@other-project.iam.gserviceaccount.com", "other-project", "2ab"),
  ])
  func accountsThatGoogleMade(_ email: String, project: String, id: String) throws {
    let account = try #require(GoogleAccount(email, in: "p"))
    #expect(account.project == project)
    #expect(account.id == id)
    // An address with this id leads back to the e-mail.
    #expect(AccountEmail(id: id, project: project).description == email.lowercased())
  }

  @Test(arguments: [
    "uploader@my-project.iam.gserviceaccount.com", "ana@example.com", "uploader",
    "a@b@gserviceaccount.com",
    "x@evil-gserviceaccount.com", "", "evil/../*@developer.gserviceaccount.com",
  ])
  func others(_ email: String) {
    #expect(GoogleAccount(email, in: "p") == nil)
  }
}
