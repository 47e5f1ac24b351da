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
  private static let memberDomains = "iam.allowedPolicyMemberDomains"

  /// Replaces all of them. A constraint that is left out is off.
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

  /// Throws Google's refusal if keys must not be created.
  static func checkKeyCreation(_ account: AccountRecord, _ state: State) throws(APIError) {
    guard state.meta.constraints?.disablesKeyCreation == true else { return }
    throw failure(keyCreation, "Key creation is not allowed on this service account.", for: account)
  }

  /// Throws Google's refusal if keys must not be uploaded.
  static func checkKeyUpload(_ account: AccountRecord, _ state: State) throws(APIError) {
    guard state.meta.constraints?.disablesKeyUpload == true else { return }
    throw failure(keyUpload, "Key upload is not allowed on this service account.", for: account)
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
