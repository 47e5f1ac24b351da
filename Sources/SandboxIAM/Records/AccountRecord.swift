package import SandboxStore

/// A service account; its row key is `uniqueID`, so a deleted one and its successor can both be there.
package struct AccountRecord: Record {
  /// 21 digits, never given again.
  package let uniqueID: String
  /// The id of its project.
  package let project: String
  let accountID: String
  /// As `ACCOUNT@PROJECT.iam.gserviceaccount.com`.
  package let email: String
  /// Empty when there is none.
  package var displayName: String
  /// Empty when there is none.
  package var description: String
  /// Whether it cannot sign in.
  package var isDisabled = false
  /// Set while it is deleted.
  package var deleteTime: Int64?

  /// A new account, or one with all that is known of it.
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
  /// Found by its e-mail too.
  package typealias Index = LiveAccounts
  /// The name of its table in the store.
  package static var table: String { "account" }
  /// Reads see its changes late, as Google's services may show them.
  package static var lag: LagRule { .hidden }
  /// A deleted account and its successor have the same e-mail, and both have a row.
  package var key: String { uniqueID }
  /// Its project.
  package var parent: String? { "projects/\(project)" }
  /// Policies name its project, its keys do not.
  package var names: [String] {
    ["projects/\(project)/serviceAccounts/\(uniqueID)", Self.nameInAnyProject(uniqueID)]
  }

  /// The resource name of an account whose project is not looked at.
  static func nameInAnyProject(_ uniqueID: String) -> String {
    "projects/-/serviceAccounts/\(uniqueID)"
  }
}

extension AccountRecord {
  /// How long a deleted account can come back, in microseconds: 30 days.
  private static let grace: Int64 = 30 * 86_400 * 1_000_000

  /// Whether it is gone for good.
  package func isGone(now: Int64) -> Bool {
    deleteTime.map { now - $0 >= Self.grace } ?? false
  }
}

/// The unique ids of live accounts by their e-mails.
package struct LiveAccounts: RecordIndex {
  private var ids: [String: String] = [:]

  /// The index of a table without rows.
  package init() {}

  /// The unique id of the account that has an e-mail.
  package subscript(email: String) -> String? { ids[email] }

  /// Notes an account, unless it is deleted.
  package mutating func insert(_ account: AccountRecord) {
    if account.deleteTime == nil { ids[account.email] = account.uniqueID }
  }

  /// Forgets an account, unless another one has its e-mail meanwhile.
  package mutating func remove(_ account: AccountRecord) {
    if ids[account.email] == account.uniqueID { ids[account.email] = nil }
  }
}

extension State {
  /// The live account of an e-mail.
  package func account(email: String) -> AccountRecord? {
    let accounts = self[AccountRecord.self]
    return accounts.index[email].flatMap { accounts[$0] }
  }

  /// The accounts of a project that are not deleted, by e-mail.
  package func liveAccounts(of project: String) -> [AccountRecord] {
    self[AccountRecord.self].children(of: "projects/\(project)").filter { $0.deleteTime == nil }
      .sorted { $0.email < $1.email }
  }
}
