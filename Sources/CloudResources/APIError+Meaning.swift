package import GoogleCloud

extension APIError {
  /// Whether a permission is missing.
  package var isPermissionDenied: Bool { if case .permissionDenied = kind { true } else { false } }

  /// The service that is not enabled: as the server named it, else the one of the called API.
  package func disabledService(called: APIHost) -> String? {
    guard case .serviceDisabled(let service, _) = kind else { return nil }
    return service ?? called.serviceName
  }
}
