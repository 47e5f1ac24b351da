import JSON

/// The organisation policies that the sandbox enforces when it is told to.
enum Constraints {
  static let path = "/_sandbox/constraints"

  static let routes: [Route] = [
    Route(.get, path, .sandbox, .open) { (_, state) throws(APIError) in json(state) },
    Route(.put, path, .sandbox, .open, put),
  ]

  private static let keyCreation = "iam.disableServiceAccountKeyCreation"
  private static let keyUpload = "iam.disableServiceAccountKeyUpload"
  private static let memberDomains = "iam.allowedPolicyMemberDomains"

  /// Replaces all of them; one that is left out is not in force.
  private static func put(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow(keyCreation, keyUpload, memberDomains)
    var record = ConstraintRecord()
    record.disablesKeyCreation = try call.body.bool(keyCreation) ?? false
    record.disablesKeyUpload = try call.body.bool(keyUpload) ?? false
    record.allowedMemberDomains = try call.body.strings(memberDomains)?.map { $0.lowercased() }
    state.meta.constraints = record
    return json(state)
  }

  private static func json(_ state: State) -> JSONValue {
    let record = state.meta.constraints ?? ConstraintRecord()
    var object: JSONObject = [
      keyCreation: .bool(record.disablesKeyCreation), keyUpload: .bool(record.disablesKeyUpload),
    ]
    if let domains = record.allowedMemberDomains {
      object[memberDomains] = .array(domains.map { .string($0) })
    }
    return .object(object)
  }

  static func checkKeyCreation(_ account: AccountRecord, _ state: State) throws(APIError) {
    guard state.meta.constraints?.disablesKeyCreation == true else { return }
    throw failure(keyCreation, "Key creation is not allowed on this service account.", account)
  }

  static func checkKeyUpload(_ account: AccountRecord, _ state: State) throws(APIError) {
    guard state.meta.constraints?.disablesKeyUpload == true else { return }
    throw failure(keyUpload, "Key upload is not allowed on this service account.", account)
  }

  /// The 400 as gcloud prints it: a PreconditionFailure whose type is the constraint.
  private static func failure(
    _ constraint: String, _ message: String, _ account: AccountRecord
  ) -> APIError {
    APIError(
      .failedPrecondition, message, reason: "failedPrecondition",
      details: [
        [
          "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
          "violations": [
            [
              "type": .string("constraints/\(constraint)"),
              "subject": .string(
                "\(ServiceAccounts.name(account))?configvalue=\(account.email)"),
              "description": .string(message),
            ]
          ],
        ]
      ])
  }
}

/// The constraint on the domains of a policy's new members.
struct MemberDomains {
  private let allowed: Set<String>?
  private let state: State

  /// - Parameter allowed: nil allows every domain.
  init(_ allowed: [String]?, _ state: State) {
    self.allowed = allowed.map(Set.init)
    self.state = state
  }

  /// Refuses members of other domains; those that the policy had already may stay.
  func check(
    _ bindings: [PolicyRecord.Binding], addedTo current: [PolicyRecord.Binding]
  ) throws(APIError) {
    guard let allowed else { return }
    let old = Set(current.flatMap(\.members))
    for member in bindings.flatMap(\.members) where !old.contains(member) {
      guard !isAllowed(member, allowed) else { continue }
      throw APIError(
        .failedPrecondition,
        "One or more users named in the policy do not belong to a permitted customer, "
          + "perhaps due to an organization policy.",
        reason: "failedPrecondition",
        details: [
          [
            "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
            "violations": [
              [
                "type": "constraints/iam.allowedPolicyMemberDomains", "subject": .string(member),
                "description": .string("User \(member) is not in permitted organization."),
              ]
            ],
          ]
        ])
    }
  }

  /// Accounts of this sandbox's projects are of the same organisation; so are Google's own agents, here.
  private func isAllowed(_ member: String, _ allowed: Set<String>) -> Bool {
    if member == "allUsers" || member == "allAuthenticatedUsers" { return false }
    let parts = member.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, let domain = parts[1].split(separator: "@").last.map(String.init) else {
      return true
    }
    switch parts[0] {
    case "user", "group", "domain": return allowed.contains(domain)
    case "serviceAccount":
      let suffix = ".iam.gserviceaccount.com"
      guard domain.hasSuffix(suffix), !domain.hasPrefix("gcp-sa-") else { return true }
      return state.projects[String(domain.dropLast(suffix.count))] != nil
    default: return true
    }
  }
}
