package import SandboxStore

/// A service account; its row key is `uniqueID`, so a deleted one and its successor can both be there.
package struct AccountRecord: Record {
  package let uniqueID: String
  package let project: String
  let accountID: String
  package let email: String
  package var displayName: String
  package var description: String
  package var isDisabled = false
  package var deleteTime: Int64?

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
  package typealias Index = LiveAccounts
  package static var table: String { "account" }
  package static var lag: LagRule { .hidden }
  package var key: String { uniqueID }
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

  package init() {}

  /// The unique id of the account that has an e-mail.
  package subscript(email: String) -> String? { ids[email] }

  package mutating func insert(_ account: AccountRecord) {
    if account.deleteTime == nil { ids[account.email] = account.uniqueID }
  }

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
