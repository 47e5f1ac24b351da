import HTTP
import JSON
package import SandboxCalls
package import SandboxIAM
package import SandboxStore
import SandboxWire

/// IAM v1: service accounts.
package enum ServiceAccounts: ServedAPI {
  private static let path = "/v1/projects/{project}/serviceAccounts"

  /// The accounts.
  package static let records: [any Record.Type] = [AccountRecord.self]

  /// The operations on service accounts.
  package static let routes: [Route] = [
    Route(.get, path, api: .iam, access: access("list", on: .project), run: list).taking(
      "pageSize", "pageToken"),
    Route(.post, path, api: .iam, access: access("create", on: .project), run: create),
    route(.get, "", permission: "get") { (call, state) throws(APIError) in
      json(try present(call, state))
    },
    route(.patch, "", permission: "update", run: patch),
    route(.put, "", permission: "update", run: update),
    route(.delete, "", permission: "delete", run: AccountDeletion.delete),
    route(.post, ":enable", permission: "enable") { (call, state) throws(APIError) in
      try setDisabled(false, for: call, in: &state)
    },
    route(.post, ":disable", permission: "disable") { (call, state) throws(APIError) in
      try setDisabled(true, for: call, in: &state)
    },
    // A deleted account has no policy to check, so the handler checks its project's.
    Route(
      .post, "\(path)/{account}:undelete", api: .iam, access: .signedIn,
      run: AccountDeletion.undelete),
    route(.post, ":getIamPolicy", permission: "getIamPolicy", run: PolicyRoutes.getByQuery)
      .taking("options.requestedPolicyVersion"),
    route(.post, ":setIamPolicy", permission: "setIamPolicy", run: PolicyRoutes.set),
    Route(
      .post, "\(path)/{account}:testIamPermissions", api: .iam, access: .resource(.account),
      run: PolicyRoutes.test),
  ]

  private static func access(_ verb: String, on kind: ResourceKind) -> Access {
    .permission("iam.serviceAccounts.\(verb)", on: kind)
  }

  private static func route(
    _ method: HTTPMethod, _ verb: String, permission: String, run: @escaping Handler
  ) -> Route {
    Route(
      method, "\(path)/{account}\(verb)", api: .iam, access: access(permission, on: .account),
      run: run)
  }

  /// The account in the path, which must be live.
  static func present(_ call: Call, _ state: State) throws(APIError) -> AccountRecord {
    guard let account = call.account(in: state) else {
      let name = call["account"].lowercased()
      guard call.lag.hidesNew(AccountRecord.self, where: { $0.email == name }) else {
        throw .unknownAccount
      }
      // Google's text while a new account is not visible yet.
      throw APIError(
        .notFound,
        "Service account projects/\(call["project"])/serviceAccounts/\(call["account"]) does not "
          + "exist.", reason: "notFound")
    }
    return account
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let page = try Page(call.query, standard: 20, maximum: 100)
      .cut(state.liveAccounts(of: call.project)) { $0.email }
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer["accounts"] = .array(page.items.map(json)) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("accountId", "serviceAccount")
    let id = try call.body.string("accountId") ?? ""
    guard id.wholeMatch(of: /[a-z][a-z0-9-]{4,28}[a-z0-9]/) != nil else {
      throw .badField(
        "account_id",
        "The account ID \"\(id)\" does not have a length between 6 and 30, or it does not match "
          + "the pattern [a-z]([-a-z0-9]*[a-z0-9]).")
    }
    let details = try call.body.message("serviceAccount")
    let (displayName, description) = try texts(details)
    let email = "\(id)@\(call.project).iam.gserviceaccount.com"
    guard state.account(email: email) == nil else {
      throw APIError(
        .alreadyExists,
        "Service account \(id) already exists within project projects/\(call.project).",
        reason: "alreadyExists")
    }
    guard state.liveAccounts(of: call.project).count < 100_000 else {
      throw APIError(.resourceExhausted, "Too many service accounts.", reason: "rateLimitExceeded")
    }
    return json(
      make(
        id, project: call.project, displayName: displayName ?? "", description: description ?? "",
        in: &state))
  }

  /// Creates an account with its system-managed key; a host is that of Google's own accounts.
  package static func make(
    _ id: String, project: String, displayName: String, description: String,
    host: String? = nil, in state: inout State
  ) -> AccountRecord {
    // 21 digits, like Google's.
    let account = AccountRecord(
      uniqueID: "1\(state.nextNumber())\(state.nextNumber().suffix(8))", project: project,
      accountID: id, email: "\(id)@\(host ?? "\(project).iam.gserviceaccount.com")",
      displayName: displayName, description: description)
    state.put(account)
    state.put(ServiceAccountKeys.system(of: account, state))
    return account
  }

  /// The texts in a body, within Google's limits. Other members are accepted and ignored, because clients send back
  /// what they read.
  private static func texts(
    _ body: Body?
  ) throws(APIError) -> (displayName: String?, description: String?) {
    guard let body else { return (nil, nil) }
    try body.allow(
      "name", "projectId", "uniqueId", "email", "displayName", "etag", "description",
      "oauth2ClientId", "disabled")
    let displayName = try body.string("displayName")
    let description = try body.string("description")
    if let displayName, displayName.utf8.count > 100 {
      throw .badField("service_account.display_name", "The display name is longer than 100 bytes.")
    }
    if let description, description.utf8.count > 256 {
      throw .badField("service_account.description", "The description is longer than 256 bytes.")
    }
    return (displayName, description)
  }

  /// PATCH. The mask is in the body, and the answer has only the name and what changed
  /// (docs/google-apis.md#service-accounts).
  private static func patch(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("serviceAccount", "updateMask")
    var account = try present(call, state)
    let (displayName, description) = try texts(try call.body.message("serviceAccount"))
    guard let mask = Mask(try call.body.string("updateMask")) else {
      throw .badField("update_mask", "The update mask is required.")
    }
    for path in mask.paths where !["displayName", "description", "etag", "*"].contains(path) {
      throw .badField("update_mask", "Field \"\(path)\" of a service account cannot be changed.")
    }
    var answer: JSONObject = ["name": .string(name(account))]
    if mask.contains("displayName") {
      account.displayName = displayName ?? ""
      if !account.displayName.isEmpty { answer["displayName"] = .string(account.displayName) }
    }
    if mask.contains("description") {
      account.description = description ?? ""
      if !account.description.isEmpty { answer["description"] = .string(account.description) }
    }
    state.put(account)
    return .object(answer)
  }

  /// PUT, the older form. Only the display name and the description change.
  private static func update(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var account = try present(call, state)
    let (displayName, description) = try texts(call.body)
    account.displayName = displayName ?? ""
    account.description = description ?? account.description
    state.put(account)
    return json(account)
  }

  /// Enables or disables an account.
  private static func setDisabled(
    _ disabled: Bool, for call: Call, in state: inout State
  ) throws(APIError) -> JSONValue {
    var account = try present(call, state)
    if disabled && account.email == OwnerAccount.email {
      throw APIError(.failedPrecondition, "The sandbox needs its own account \(account.email).")
    }
    account.isDisabled = disabled
    state.put(account)
    return [:]
  }

  /// The account's resource name, by e-mail.
  static func name(_ account: AccountRecord) -> String {
    "projects/\(account.project)/serviceAccounts/\(account.email)"
  }

  /// The account as the API shows it.
  static func json(_ account: AccountRecord) -> JSONValue {
    var object: JSONObject = [
      "name": .string(name(account)), "projectId": .string(account.project),
      "uniqueId": .string(account.uniqueID), "email": .string(account.email),
    ]
    if !account.displayName.isEmpty { object["displayName"] = .string(account.displayName) }
    // Deprecated (docs/google-apis.md#service-accounts), and the same for all accounts in Google's answers.
    object["etag"] = "MDEwMjE5MjA="
    if !account.description.isEmpty { object["description"] = .string(account.description) }
    // The same number as the unique id in all published answers of Google's.
    object["oauth2ClientId"] = .string(account.uniqueID)
    if account.isDisabled { object["disabled"] = true }
    return .object(object)
  }
}
