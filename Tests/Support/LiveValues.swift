package import JSON
package import Model

/// Google's answers about the resources of `Make`.
extension Make {
  /// An answer about a resource: the fields that Google always sends, overridden by these.
  package static func live(_ address: Address, _ fields: JSONObject = [:]) -> JSONValue {
    var value = always(address)
    for (name, field) in fields { value[name] = field }
    return .object(value)
  }

  private static func always(_ address: Address) -> JSONObject {
    let project = address.project
    switch address.kind {
    case .project:
      return [
        "name": "projects/123", "projectId": .string(project), "state": "ACTIVE",
        "parent": "folders/1", "createTime": "2026-01-01T00:00:00.000001Z", "etag": "project-1",
      ]
    case .service:
      return [
        "name": .string("projects/123/services/\(address.id)"), "state": "ENABLED",
        "parent": "projects/123",
      ]
    case .role:
      return ["name": .string("projects/\(project)/roles/\(address.id)"), "etag": "role-1"]
    case .serviceAccount:
      let email = "\(address.id)@\(project).iam.gserviceaccount.com"
      return [
        "name": .string("projects/\(project)/serviceAccounts/\(email)"), "email": .string(email),
        "projectId": .string(project), "uniqueId": "111",
      ]
    case .repository:
      let (location, id) = (address.names.first ?? "", address.id)
      return [
        "name": .string("projects/\(project)/locations/\(location)/repositories/\(id)"),
        "format": "PYTHON", "mode": "STANDARD_REPOSITORY",
        "createTime": "2026-01-01T00:00:00.000001Z", "updateTime": "2026-01-01T00:00:00.000001Z",
      ]
    default: return [:]
    }
  }

  /// The billing account of project `p`; empty: none.
  package static func billing(_ account: String = "") -> JSONValue {
    [
      "name": "projects/p/billingInfo", "projectId": "p", "billingAccountName": .string(account),
      "billingEnabled": .bool(!account.isEmpty),
    ]
  }
}
