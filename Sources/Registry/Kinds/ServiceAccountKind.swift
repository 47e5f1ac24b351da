public import JSON
public import Model

/// A service account of a project.
public struct ServiceAccountKind: Kind {
  public init() {}
  public let name = "ServiceAccount"
  public let segment: Address.Kind? = .serviceAccount
  public let summary = "A service account, and who may act as it."
  public let identity = KindIdentity.name
  public var schema: Schema { Self.schema }
  public func problem(withName name: String) -> String? { NameRules.accountID(name) }
  public func check(_ spec: JSONObject) -> [SpecProblem] {
    IAMRules.problems(inEntriesOf: spec)
  }

  /// The number is what tells an account from its namesakes.
  public func problem(inLive live: JSONValue, written: JSONObject) -> String? {
    let isNumber = live["uniqueId"]?.string?.utf8.allSatisfy(NameRules.isDigit) == true
    return isNumber ? nil : "`uniqueId` is not a number"
  }

  /// iam v1 `ServiceAccount`, discovery revision 20261023.
  private static let schema = Schema([
    SharedFields.project,
    Field(
      "displayName", .string(StringRules.bytes(atMost: 100)),
      "The name that people see; at most 100 bytes of UTF-8."),
    Field(
      "description", .string(StringRules.bytes(atMost: 256)),
      "What the account is for; at most 256 bytes of UTF-8."),
    // Output-only in Google's message; here it is what `:disable` and `:enable` are called for.
    Field(
      "disabled", .boolean, default: false,
      "Whether the account may be used. A new account is disabled in a call of its own, right after its "
        + "creation."),
    SharedFields.iam,
    Field(
      "name", .string(), [.outputOnly, .returned],
      "Google's name for it: `projects/P/serviceAccounts/EMAIL`."),
    Field("projectId", .string(), [.outputOnly], "The id of its project."),
    Field(
      "uniqueId", .string(), [.outputOnly, .returned],
      "Its number, never used again: an account that is made anew under the same e-mail has another."
    ),
    Field(
      "email", .string(), [.outputOnly, .returned],
      "Its e-mail: `ID@PROJECT.iam.gserviceaccount.com`."),
    Field("oauth2ClientId", .string(), [.outputOnly], "Its OAuth 2.0 client id."),
    Field("etag", .string(), [.outputOnly], "Deprecated by Google."),
  ])
}
