import Crypto

/// Everything that the sandbox knows, in memory, with its changes.
package struct State: Sendable {
  package var projects = Table<ProjectRecord>("project")
  package var repositories = Table<RepositoryRecord>("repository")
  package var accounts = Table<AccountRecord>("account")
  var keys = Table<KeyRecord>("key")
  package var roles = Table<RoleRecord>("role")
  package var policies = Table<PolicyRecord>("policy")
  package var operations = Table<OperationRecord>("operation")
  var metas = Table<MetaRecord>("meta")
  /// The files of packages.
  package var files = Table<PackageFileRecord>("file")
  package var fileIndex = PackageFileIndex()
  /// Blobs whose files were removed since the last commit.
  package var discardedBlobs: [String] = []

  /// Project number to project id.
  private var projectIDs: [String: String] = [:]
  /// E-mail to unique id, live accounts only.
  private var accountIDs: [String: String] = [:]
  /// Account's unique id to its keys' row keys.
  private var keysByAccount: [String: Set<String>] = [:]
  /// `project/location` to repository ids.
  private var repositoryIDs: [String: Set<String>] = [:]

  /// The facts about the whole store.
  package var meta: MetaRecord {
    get { metas["sandbox"] ?? MetaRecord(tokenSecret: "") }
    set { metas["sandbox"] = newValue }
  }
}

extension State {
  /// What the sandbox's clock is ahead of the real one, in microseconds; within twenty thousand years, whatever an
  /// older sandbox stored.
  package var offset: Int64 {
    let longest: Int64 = 631_152_000_000_000_000
    return min(max(meta.clockOffset, -longest), longest)
  }
}

// MARK: - Lookups

extension State {
  /// The project of an id or a number, in whatever state.
  package func project(_ name: String) -> ProjectRecord? {
    projects[name] ?? projectIDs[name].flatMap { projects[$0] }
  }

  /// The live account of an e-mail.
  package func account(email: String) -> AccountRecord? {
    accountIDs[email].flatMap { accounts[$0] }
  }

  /// The keys of an account, in the order of their ids.
  package func keys(of account: AccountRecord) -> [KeyRecord] {
    (keysByAccount[account.uniqueID] ?? []).sorted().compactMap { keys[$0] }
  }

  /// A key of an account.
  package func key(_ id: String, of account: AccountRecord) -> KeyRecord? {
    keys["\(account.uniqueID)/\(id)"]
  }

  /// The repository of a project's id, a location and an id.
  package func repository(_ project: String, _ location: String, _ id: String) -> RepositoryRecord?
  {
    repositories["\(project)/\(location)/\(id)"]
  }

  /// The repositories of one location, by id.
  package func repositories(_ project: String, _ location: String) -> [RepositoryRecord] {
    (repositoryIDs["\(project)/\(location)"] ?? []).sorted().compactMap {
      repositories["\(project)/\(location)/\($0)"]
    }
  }

  /// The accounts of a project that are not deleted, by e-mail.
  package func liveAccounts(of project: String) -> [AccountRecord] {
    accounts.rows.values.filter { $0.project == project && $0.deleteTime == nil }
      .sorted { $0.email < $1.email }
  }
}

// MARK: - Changes

extension State {
  /// Adds or replaces a project.
  package mutating func put(_ project: ProjectRecord) {
    projects[project.id] = project
    projectIDs[project.number] = project.id
  }

  /// Adds or replaces an account.
  package mutating func put(_ account: AccountRecord) {
    accounts[account.uniqueID] = account
    if account.deleteTime == nil {
      accountIDs[account.email] = account.uniqueID
    } else if accountIDs[account.email] == account.uniqueID {
      accountIDs[account.email] = nil
    }
  }

  /// Adds or replaces a key.
  package mutating func put(_ key: KeyRecord) {
    keys["\(key.account)/\(key.id)"] = key
    keysByAccount[key.account, default: []].insert("\(key.account)/\(key.id)")
  }

  /// Removes a key.
  package mutating func remove(_ key: KeyRecord) {
    keys["\(key.account)/\(key.id)"] = nil
    keysByAccount[key.account]?.remove("\(key.account)/\(key.id)")
  }

  /// Adds or replaces a repository.
  package mutating func put(_ repository: RepositoryRecord) {
    let place = "\(repository.project)/\(repository.location)"
    repositories["\(place)/\(repository.id)"] = repository
    repositoryIDs[place, default: []].insert(repository.id)
  }

  /// Removes a repository with its files.
  package mutating func remove(_ repository: RepositoryRecord) {
    let place = "\(repository.project)/\(repository.location)"
    repositories["\(place)/\(repository.id)"] = nil
    repositoryIDs[place]?.remove(repository.id)
    removeFiles(of: repository.name)
  }

  /// A project number or the like: twelve digits, each once.
  package mutating func nextNumber() -> String {
    meta.lastNumber += 1
    // A multiplier coprime to 9e11 spreads the numbers, so that none can be mistaken for an index.
    return String(100_000_000_000 + (meta.lastNumber &* 48_271_048_271) % 899_999_999_981)
  }

  /// An etag that was never given before: eight bytes, canonical base64, as `BwYs5mC3y0I=`.
  package mutating func nextEtag() -> String {
    meta.lastEtag += 1
    // An odd multiplier gives each number another image below 2^56, so that no etag comes twice; without the
    // clock, so that the same requests get the same etags.
    let spread = UInt64(bitPattern: meta.lastEtag) &* 0x9E37_79B9_7F4A_7C15
    let bits = spread & 0x00FF_FFFF_FFFF_FFFF | 0x0700_0000_0000_0000
    return Base64.encode((0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) })
  }
}

// MARK: - Storage

extension State {
  package init(loadingFrom database: SQLiteDatabase) throws(StoreError) {
    try projects.load(from: database)
    try repositories.load(from: database)
    try accounts.load(from: database)
    try keys.load(from: database)
    try roles.load(from: database)
    try policies.load(from: database)
    try operations.load(from: database)
    try metas.load(from: database)
    try files.load(from: database)
    reindex()
  }

  /// Writes what changed in one transaction; on failure the memory goes back to what the disk has.
  package mutating func commit(to database: SQLiteDatabase) throws(StoreError) {
    do throws(StoreError) {
      var changes = try projects.pending()
      changes += try repositories.pending()
      changes += try accounts.pending()
      changes += try keys.pending()
      changes += try roles.pending()
      changes += try policies.pending()
      changes += try operations.pending()
      changes += try metas.pending()
      changes += try files.pending()
      try database.commit(changes)
    } catch {
      rollback()
      throw error
    }
    projects.settle()
    repositories.settle()
    accounts.settle()
    keys.settle()
    roles.settle()
    policies.settle()
    operations.settle()
    metas.settle()
    files.settle()
  }

  /// Forgets what changed since the last commit.
  package mutating func rollback() {
    let changed = hasIndexedChanges
    projects.rollback()
    repositories.rollback()
    accounts.rollback()
    keys.rollback()
    roles.rollback()
    policies.rollback()
    operations.rollback()
    metas.rollback()
    files.rollback()
    discardedBlobs = []
    if changed { reindex() }
  }

  private var hasIndexedChanges: Bool {
    projects.isChanged || repositories.isChanged || accounts.isChanged || keys.isChanged
      || files.isChanged
  }

  /// Makes the lookups anew from the rows.
  mutating func reindex() {
    projectIDs = [:]
    accountIDs = [:]
    keysByAccount = [:]
    repositoryIDs = [:]
    fileIndex = PackageFileIndex()
    for file in files.rows.values { fileIndex.insert(file) }
    for project in projects.rows.values { projectIDs[project.number] = project.id }
    for account in accounts.rows.values where account.deleteTime == nil {
      accountIDs[account.email] = account.uniqueID
    }
    for key in keys.rows.values {
      keysByAccount[key.account, default: []].insert("\(key.account)/\(key.id)")
    }
    for row in repositories.rows.values {
      repositoryIDs["\(row.project)/\(row.location)", default: []].insert(row.id)
    }
  }
}
