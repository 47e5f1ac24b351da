/// Changes that are on the disk but not yet seen by reads, as in Google's eventually consistent services.
///
/// Reads then see a record as it was before the change, or not at all when it is new: a 404, an older etag. An
/// account that is hidden cannot be named in a policy.
package struct Lag: Sendable {
  /// How long a change stays hidden.
  package enum Length: Sendable, Hashable {
    case milliseconds(Int)
    /// So many reads, of whatever.
    case reads(Int)
  }

  /// The records that one request changed, as they were before it.
  struct Past: Sendable {
    var projects: [String: ProjectRecord?] = [:]
    var repositories: [String: RepositoryRecord?] = [:]
    var accounts: [String: AccountRecord?] = [:]
    var keys: [String: KeyRecord?] = [:]
    var roles: [String: RoleRecord?] = [:]
    var policies: [String: PolicyRecord?] = [:]
  }

  private struct Entry: Sendable {
    let past: Past
    /// The e-mails of accounts that are new.
    let newAccounts: Set<String>
    /// Microseconds of real time; nil when reads are counted.
    let until: Int64?
    var reads: Int
  }

  private var entries: [Entry] = []

  package init() {}

  /// Whether reads see everything.
  package var isEmpty: Bool { entries.isEmpty }

  /// Hides what a request is about to commit.
  package mutating func hide(_ state: State, for length: Length, realNow: Int64) {
    let past = state.uncommittedPast
    let emails = past.accounts.filter { $0.value == nil }.keys.compactMap {
      state.accounts[$0]?.email
    }
    switch length {
    case .milliseconds(let time):
      entries.append(
        Entry(
          past: past, newAccounts: Set(emails), until: realNow + Int64(time) * 1000, reads: 0))
    case .reads(let count):
      entries.append(Entry(past: past, newAccounts: Set(emails), until: nil, reads: count))
    }
  }

  /// Forgets what every read may see by now; a read counts itself.
  package mutating func pass(isRead: Bool, realNow: Int64) -> Lag {
    entries.removeAll { entry in entry.until.map { $0 <= realNow } ?? (entry.reads <= 0) }
    let current = self
    if isRead {
      for index in entries.indices { entries[index].reads -= 1 }
    }
    return current
  }

  /// What a read sees.
  package func view(of state: State) -> State {
    var view = state
    for entry in entries.reversed() { view.goBack(to: entry.past) }
    return view
  }

  /// Whether an account is so new that nobody may name it.
  package func hides(account email: String) -> Bool {
    entries.contains { $0.newAccounts.contains(email) }
  }
}

extension State {
  /// The rows that the current request changed, as they were before it.
  var uncommittedPast: Lag.Past {
    Lag.Past(
      projects: projects.uncommitted, repositories: repositories.uncommitted,
      accounts: accounts.uncommitted, keys: keys.uncommitted, roles: roles.uncommitted,
      policies: policies.uncommitted)
  }

  fileprivate mutating func goBack(to past: Lag.Past) {
    for (key, record) in past.projects { projects[key] = record }
    for (key, record) in past.repositories { repositories[key] = record }
    for (key, record) in past.accounts { accounts[key] = record }
    for (key, record) in past.keys { keys[key] = record }
    for (key, record) in past.roles { roles[key] = record }
    for (key, record) in past.policies { policies[key] = record }
    reindex()
  }
}
