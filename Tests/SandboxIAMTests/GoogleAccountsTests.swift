import Testing

@testable import SandboxIAM

@Suite struct GoogleAccountsTests {
  @Test(
    arguments: [
      ("a-b@my-project.iam.gserviceaccount.com", .ofProject("my-project")),
      ("a-b@example.com.my-project.iam.gserviceaccount.com", .ofProject("example.com.my-project")),
      (
        "123-compute@developer.gserviceaccount.com",
        .ofServices(["compute.googleapis.com"], project: "123")
      ),
      (
        "service-123@gcp-sa-logging.iam.gserviceaccount.com",
        .ofServices(["logging.googleapis.com"], project: "123")
      ),
      (
        "p123-456@gcp-sa-logging.iam.gserviceaccount.com",
        .ofServices(["logging.googleapis.com"], project: "123")
      ),
      (
        "service-org-123@gcp-sa-logging.iam.gserviceaccount.com",
        .ofServices(["logging.googleapis.com"], project: nil)
      ),
      (
        "o123-456@gcp-sa-logging.iam.gserviceaccount.com",
        .ofServices(["logging.googleapis.com"], project: nil)
      ),
      (
        "service-123@compute-system.iam.gserviceaccount.com",
        .ofServices(["compute.googleapis.com"], project: "123")
      ),
      (
        "bq-123@bigquery-encryption.iam.gserviceaccount.com",
        .ofServices(["bigquery.googleapis.com"], project: "123")
      ),
      (
        "123@cloudbuild.gserviceaccount.com",
        .ofServices(["cloudbuild.googleapis.com"], project: "123")
      ),
      ("cloud-logs@system.gserviceaccount.com", .ofServices([], project: nil)),
      ("service-123@gcp-sa-nosuch.iam.gserviceaccount.com", .unknown),
      ("service@gcp-sa-logging.iam.gserviceaccount.com", .unknown),
      ("x@example.com", .unknown), ("x@gserviceaccount.com", .unknown), ("x", .unknown),
      ("x@nosuch.gserviceaccount.com", .unknown),
    ] as [(String, GoogleAccounts.Kind)])
  func classifies(_ email: String, _ expected: GoogleAccounts.Kind) {
    #expect(GoogleAccounts.kind(of: email) == expected)
  }
}
