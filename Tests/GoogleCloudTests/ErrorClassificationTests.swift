import JSON
import Testing

@testable import GoogleCloud

/// The error bodies of docs/google-apis.md#bodies-of-errors.
@Suite struct ErrorClassificationTests {
  func error(_ status: Int, _ body: String) -> APIError {
    ErrorClassification.error(
      httpStatus: status, body: GoogleErrorBody(Array(body.utf8)), label: "call")
  }

  static let disabled =
    "Artifact Registry API has not been used in project 123 before or it is "
    + "disabled. Enable it by visiting https://console.developers.google.com/ then retry."
  static let info = #"{"@type":"type.googleapis.com/google.rpc.ErrorInfo","#

  @Test func serviceDisabledByReason() {
    let error = error(
      403,
      #"{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED","details":["# + Self.info
        + #""reason":"SERVICE_DISABLED","domain":"googleapis.com","metadata":{"#
        + #""service":"artifactregistry.googleapis.com","consumer":"projects/123"}},"#
        + #"{"@type":"type.googleapis.com/google.rpc.Help","links":[]}]}}"#)
    #expect(
      error.kind
        == .serviceDisabled(service: "artifactregistry.googleapis.com", consumer: "projects/123"))
    #expect(error.reason == "SERVICE_DISABLED")
    #expect(error.metadata["consumer"] == "projects/123")
  }

  @Test func serviceDisabledByText() {
    let error = error(
      403, #"{"error":{"code":403,"message":"\#(Self.disabled)","status":"PERMISSION_DENIED"}}"#)
    #expect(error.kind == .serviceDisabled(service: nil, consumer: "projects/123"))
  }

  @Test func permissionFromReasonOrText() {
    let text =
      "Permission 'artifactregistry.repositories.get' denied on resource "
      + "'//artifactregistry.googleapis.com/projects/p' (or it may not exist)."
    let expected = APIError.Kind.permissionDenied(
      permission: "artifactregistry.repositories.get",
      resource: "//artifactregistry.googleapis.com/projects/p")
    #expect(
      error(403, #"{"error":{"code":403,"message":"\#(text)","status":"PERMISSION_DENIED"}}"#).kind
        == expected)
    #expect(
      error(
        403,
        #"{"error":{"code":403,"message":"m","status":"PERMISSION_DENIED","details":["# + Self.info
          + #""reason":"IAM_PERMISSION_DENIED","metadata":{"permission":"#
          + #""artifactregistry.repositories.get","resource":"#
          + #""//artifactregistry.googleapis.com/projects/p"}}]}}"#
      ).kind == expected)
    let iam = "Permission 'iam.serviceAccounts.get' denied on resource (or it may not exist)."
    #expect(
      error(403, #"{"error":{"code":403,"message":"\#(iam)","status":"PERMISSION_DENIED"}}"#).kind
        == .permissionDenied(permission: "iam.serviceAccounts.get", resource: nil))
  }

  @Test(arguments: [
    (
      404, #"{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}"#,
      APIError.Kind.notFound
    ),
    (
      404,
      #"{"code":404,"message":"Unknown service account","errors":[{"message":"Unknown service "#
        + #"account","domain":"global","reason":"notFound"}],"status":"NOT_FOUND"}"#, .notFound
    ),
    (
      403,
      #"{"code":403,"message":"The caller does not have permission","#
        + #""status":"PERMISSION_DENIED"}"#, .permissionDenied(permission: nil, resource: nil)
    ),
    (
      409,
      #"{"code":409,"message":"Service account X already exists within project projects/P.","#
        + #""errors":[{"domain":"global","reason":"alreadyExists"}],"status":"ALREADY_EXISTS"}"#,
      .alreadyExists
    ),
    (
      409,
      #"{"code":409,"message":"There were concurrent policy changes.","#
        + #""errors":[{"reason":"aborted"}],"status":"ABORTED"}"#, .aborted
    ),
    (409, #"{"code":409,"message":"m","errors":[{"reason":"aborted"}]}"#, .aborted),
    (409, #"{"code":409,"message":"m","errors":[{"reason":"alreadyExists"}]}"#, .alreadyExists),
    (409, #"{"code":409,"message":"m"}"#, .other),
    (412, #"{"code":412,"message":"m"}"#, .aborted),
    (
      400,
      #"{"code":400,"message":"Service account X@P.iam.gserviceaccount.com does not exist.","#
        + #""status":"INVALID_ARGUMENT"}"#, .invalidArgument
    ),
    (
      400,
      #"{"code":400,"message":"You can't create a role_id (X) which has been marked for "#
        + #"deletion.","status":"FAILED_PRECONDITION"}"#, .failedPrecondition
    ),
    (
      429,
      #"{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":["#
        + info + #""reason":"RATE_LIMIT_EXCEEDED","metadata":{"consumer":"projects/N"}}]}"#,
      .rateLimited
    ),
    (
      403,
      #"{"code":403,"message":"Quota exceeded for quota metric 'Read requests' and limit "#
        + #"'Read requests per minute' of service 'x'","status":"PERMISSION_DENIED"}"#, .rateLimited
    ),
    (
      403,
      #"{"code":403,"message":"m","status":"PERMISSION_DENIED","details":["# + info
        + #""reason":"CONCURRENT_OPERATIONS_QUOTA_EXCEEDED"}]}"#, .rateLimited
    ),
    (403, #"{"code":403,"message":"m","errors":[{"reason":"rateLimitExceeded"}]}"#, .rateLimited),
    (
      503,
      #"{"code":503,"message":"The service is currently unavailable.","#
        + #""status":"UNAVAILABLE"}"#, .unavailable
    ),
    (418, #"{"code":418,"message":"m","status":"SOMETHING_NEW"}"#, .other),
  ])
  func bodies(_ status: Int, _ error: String, _ kind: APIError.Kind) {
    #expect(self.error(status, #"{"error":\#(error)}"#).kind == kind)
  }

  @Test func oauthErrorBodies() {
    let error = error(
      400, #"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#)
    #expect(error.message == "invalid_grant: Invalid JWT Signature.")
    #expect(error.status == "invalid_grant")
  }

  @Test(arguments: ["", "<html>", "{}", #"{"error":1}"#, "[]", #"{"error":{"code":"#])
  func otherBodiesSayNothingAboutTheResource(_ body: String) {
    #expect(error(404, body).kind == .malformed)
    #expect(error(409, body).kind == .malformed)
  }

  @Test func hostileTextIsCut() {
    let long = String(repeating: "x", count: 50_000)
    let error = error(
      400,
      #"{"error":{"code":400,"message":"\#(long)","status":"\#(long)","details":["# + Self.info
        + #""reason":"\#(long)","metadata":{"k":"\#(long)"}}]}}"#)
    #expect(error.description.count < 2400)
    #expect(error.metadata["k"]?.count == 501)
  }

  @Test func describes() {
    let text = error(404, #"{"error":{"code":404,"message":"gone","status":"NOT_FOUND"}}"#)
      .description
    #expect(text == "call: gone (HTTP 404, NOT_FOUND)")
  }
}
