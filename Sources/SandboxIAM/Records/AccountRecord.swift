package import SandboxStore

/// A service account. Its row key is `uniqueID`, so that a deleted account and its successor with the same e-mail can
/// coexist.
package struct AccountRecord: Record {
  /// 21 digits, never reused.
  package let uniqueID: String
  /// The id of its project.
  package let project: String
  let accountID: String
  /// `ACCOUNT@PROJECT.iam.gserviceaccount.com`.
  package let email: String
  /// Empty if there is none.
  package var displayName: String
  /// Empty if there is none.
  package var description: String
  /// Whether it is disabled, so that it cannot sign in.
  package var isDisabled = false
  /// When it was deleted; nil for a live account.
  package var deleteTime: Int64?

  /// Creates an account; the parameters with defaults are for one that is copied.
  package init(
    uniqueID: String, project: String, accountID: String, email: String, displayName: String,
    description: String, isDisabled: Bool = false, deleteTime: Int64? = nil
  ) {
    self.uniqueID = uniqueID
    self.project = project
    self.accountID = accountID
    self.email = email
    self.displayName = displayName
    self.description = description
    self.isDisabled = isDisabled
    self.deleteTime = deleteTime
  }
}

extension AccountRecord {
  /// Finds live accounts by e-mail.
  package typealias Index = LiveAccounts
  /// The name of its table in the store.
  package static var table: String { "account" }
  /// Reads show its changes late, as Google's services may do (docs/google-apis.md#eventual-consistency).
  package static var lag: LagRule { .hidden }
  /// The unique id, since a deleted account and its successor have the same e-mail.
  package var key: String { uniqueID }
  /// Its project.
  package var parent: String? { "projects/\(project)" }
  /// The names of its policy, which contains the project, and of its keys, which do not.
  package var names: [String] {
    ["projects/\(project)/serviceAccounts/\(uniqueID)", Self.nameInAnyProject(uniqueID)]
  }

  /// The name of an account without its project, as the keys' rows have it.
  static func nameInAnyProject(_ uniqueID: String) -> String {
    "projects/-/serviceAccounts/\(uniqueID)"
  }
}

extension AccountRecord {
  /// How long a deleted account can be restored, in microseconds: 30 days (docs/google-apis.md#service-accounts).
  private static let grace: Int64 = 30 * 86_400 * 1_000_000

  /// Whether it can no longer be restored.
  package func isPurged(now: Int64) -> Bool {
    deleteTime.map { now - $0 >= Self.grace } ?? false
  }
}

/// The unique ids of live accounts, by e-mail.
package struct LiveAccounts: RecordIndex {
  private var ids: [String: String] = [:]

  /// The index of a table without rows.
  package init() {}

  /// The unique id of the live account with an e-mail.
  package subscript(email: String) -> String? { ids[email] }

  /// Adds an account, unless it is deleted.
  package mutating func insert(_ account: AccountRecord) {
    if account.deleteTime == nil { ids[account.email] = account.uniqueID }
  }

  /// Removes an account, unless another one has taken its e-mail.
  package mutating func remove(_ account: AccountRecord) {
    if ids[account.email] == account.uniqueID { ids[account.email] = nil }
  }
}

extension State {
  /// The live account with an e-mail.
  package func account(email: String) -> AccountRecord? {
    let accounts = self[AccountRecord.self]
    return accounts.index[email].flatMap { accounts[$0] }
  }

  /// The live accounts of a project, ordered by e-mail.
  package func liveAccounts(of project: String) -> [AccountRecord] {
    self[AccountRecord.self].children(of: "projects/\(project)").filter { $0.deleteTime == nil }
      .sorted { $0.email < $1.email }
  }
}
