import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Cloud Billing: the account that pays for a project.
package enum Billing: ServedAPI {
  /// None: the project's record has the billing account.
  package static let records: [any Record.Type] = []

  /// The operations of Cloud Billing.
  package static let routes: [Route] = [
    Route(
      .get, "/v1/projects/{project}/billingInfo", api: .billing,
      access: .permission("resourcemanager.projects.get", on: .project)
    ) { (call, state) throws(APIError) in json(try ProjectRules.present(call, state)) },
    Route(
      .put, "/v1/projects/{project}/billingInfo", api: .billing,
      access: .permission("resourcemanager.projects.createBillingAssignment", on: .project),
      run: update),
  ]

  private static func update(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("billingAccountName", "name", "projectId", "billingEnabled")
    var project = try ProjectRules.active(call, state)
    let account = try call.body.string("billingAccountName") ?? ""
    if !account.isEmpty,
      account.wholeMatch(of: /billingAccounts\/[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}/) == nil
    {
      throw .badField("billing_account_name", "Invalid billing account \"\(account)\".")
    }
    project.billingAccount = account.isEmpty ? nil : account
    state.put(project)
    return json(project)
  }

  private static func json(_ project: ProjectRecord) -> JSONValue {
    var object: JSONObject = [
      "name": .string("projects/\(project.id)/billingInfo"), "projectId": .string(project.id),
    ]
    if let account = project.billingAccount {
      object["billingAccountName"] = .string(account)
      object["billingEnabled"] = true
    }
    return .object(object)
  }
}
