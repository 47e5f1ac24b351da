import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// The organisation policies that the sandbox enforces on request
/// (docs/google-apis.md#organisation-policies-about-keys).
package enum Constraints: ServedAPI {
  static let path = "/_sandbox/constraints"

  /// None: `MetaRecord` has them.
  package static let records: [any Record.Type] = []

  /// The paths for reading and setting them.
  package static let routes: [Route] = [
    Route(own: .get, path, purpose: "the active organisation policies") {
      (_, state) throws(APIError) in
      json(state)
    },
    Route(own: .put, path, purpose: "sets all of them", run: put),
  ]

  private static let keyCreation = "iam.disableServiceAccountKeyCreation"
  private static let keyUpload = "iam.disableServiceAccountKeyUpload"
  private static let managedKeyCreation = "iam.managed.disableServiceAccountKeyCreation"
  private static let managedKeyUpload = "iam.managed.disableServiceAccountKeyUpload"
  private static let memberDomains = "iam.allowedPolicyMemberDomains"

  /// Replaces all of them. A constraint that is left out is off.
  private static func put(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow(
      keyCreation, keyUpload, managedKeyCreation, managedKeyUpload, memberDomains)
    var record = ConstraintRecord()
    record.disablesKeyCreation = try call.body.bool(keyCreation) ?? false
    record.disablesKeyUpload = try call.body.bool(keyUpload) ?? false
    record.disablesKeyCreationManaged = try call.body.bool(managedKeyCreation)
    record.disablesKeyUploadManaged = try call.body.bool(managedKeyUpload)
    record.allowedMemberDomains = try call.body.strings(memberDomains)?.map { $0.lowercased() }
    state.meta.constraints = record
    return json(state)
  }

  private static func json(_ state: State) -> JSONValue {
    let record = state.meta.constraints ?? ConstraintRecord()
    var object: JSONObject = [
      keyCreation: .bool(record.disablesKeyCreation), keyUpload: .bool(record.disablesKeyUpload),
    ]
    if let isOn = record.disablesKeyCreationManaged { object[managedKeyCreation] = .bool(isOn) }
    if let isOn = record.disablesKeyUploadManaged { object[managedKeyUpload] = .bool(isOn) }
    if let domains = record.allowedMemberDomains {
      object[memberDomains] = .array(domains.map { .string($0) })
    }
    return .object(object)
  }

  /// Whether a constraint about keys is enforced; nil for any other name.
  static func isEnforced(_ name: String, _ state: State) -> Bool? {
    let record = state.meta.constraints ?? ConstraintRecord()
    return switch name {
    case keyCreation: record.disablesKeyCreation
    case keyUpload: record.disablesKeyUpload
    case managedKeyCreation: record.disablesKeyCreationManaged ?? false
    case managedKeyUpload: record.disablesKeyUploadManaged ?? false
    default: nil
    }
  }

  /// Throws Google's refusal if keys must not be created.
  static func checkKeyCreation(_ account: AccountRecord, _ state: State) throws(APIError) {
    for name in [keyCreation, managedKeyCreation] where isEnforced(name, state) == true {
      throw failure(name, "Key creation is not allowed on this service account.", for: account)
    }
  }

  /// Throws Google's refusal if keys must not be uploaded.
  static func checkKeyUpload(_ account: AccountRecord, _ state: State) throws(APIError) {
    for name in [keyUpload, managedKeyUpload] where isEnforced(name, state) == true {
      throw failure(name, "Key upload is not allowed on this service account.", for: account)
    }
  }

  /// The 400 as gcloud prints it: a PreconditionFailure whose type is the constraint.
  private static func failure(
    _ constraint: String, _ message: String, for account: AccountRecord
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
