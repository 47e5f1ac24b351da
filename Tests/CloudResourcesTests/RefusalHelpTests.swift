import GoogleCloud
import TestSupport
import Testing

@testable import CloudResources

@Suite struct RefusalHelpTests {
  private func help(_ message: String, reason: String? = nil) -> String {
    PermissionRoles(.google).advice(
      for: APIError(
        .permissionDenied(permission: nil, resource: nil),
        label: "serviceusage.services.batchGet p",
        message, httpStatus: 403, status: "PERMISSION_DENIED", reason: reason))?.help ?? ""
  }

  private let need =
    "needs the permission serviceusage.services.get, which roles/serviceusage.serviceUsageViewer has"

  @Test func aRefusalNamesThePermissionAndARole() {
    #expect(help("The caller does not have permission") == need)
  }

  /// Google also answers 403 for resources that do not exist.
  @Test func aServiceOrProjectThatMayNotExistIsNotMistakenForAPermissionOnly() {
    let service = "check the name in `services`: Google may not have such a service"
    let message = "Not found or permission denied for service(s): nope.googleapis.com."
    #expect(help(message).hasPrefix(service))
    #expect(
      help("denied", reason: "SERVICE_CONFIG_NOT_FOUND_OR_PERMISSION_DENIED").hasPrefix(service))
    let project = "check the project's id: it may not exist"
    #expect(help("Project 'p' not found or permission denied.").hasPrefix(project))
    #expect(help("denied", reason: "CONSUMER_INVALID") == "\(project); where it does, this \(need)")
  }
}
