package import SandboxStore

/// A project. Times in every record are microseconds since 1970 on the sandbox's clock.
package struct ProjectRecord: Record {
  /// As the caller chose it; it is never free again.
  package let id: String
  /// Twelve digits.
  package let number: String
  /// The name for people.
  package var displayName: String
  /// As `folders/1` or `organizations/1`.
  package var parent: String?
  /// By key.
  package var labels: [String: String] = [:]
  /// When it was created.
  package let createTime: Int64
  /// When it was last changed.
  package var updateTime: Int64
  /// Set while the project's state is DELETE_REQUESTED.
  package var deleteTime: Int64?
  /// Grows with each change; what the v3 etag is made of.
  package var revision = 1
  /// As `billingAccounts/...`; nil while none pays for it.
  package var billingAccount: String?
  /// The services that are enabled, as `artifactregistry.googleapis.com`.
  package var services: Set<String> = []
  /// Those that were disabled again: the accounts that Google made for them stay. Nil in stores from before it was kept.
  package private(set) var formerServices: Set<String>?

  /// Disables services.
  package mutating func disable(_ names: Set<String>) {
    formerServices = (formerServices ?? []).union(names.intersection(services))
    services.subtract(names)
  }

  /// Whether one of the services is or was enabled.
  package func hasHad(anyOf names: Set<String>) -> Bool {
    !services.isDisjoint(with: names) || !(formerServices ?? []).isDisjoint(with: names)
  }

  /// A new project, or one with all that is known of it.
  package init(
    id: String, number: String, displayName: String, parent: String? = nil,
    labels: [String: String] = [:], createTime: Int64, updateTime: Int64, deleteTime: Int64? = nil,
    revision: Int = 1, billingAccount: String? = nil, services: Set<String> = []
  ) {
    self.id = id
    self.number = number
    self.displayName = displayName
    self.parent = parent
    self.labels = labels
    self.createTime = createTime
    self.updateTime = updateTime
    self.deleteTime = deleteTime
    self.revision = revision
    self.billingAccount = billingAccount
    self.services = services
  }
}

extension ProjectRecord {
  /// Found by its number too.
  package typealias Index = ProjectNumbers
  /// The name of its table in the store.
  package static var table: String { "project" }
  /// Reads see its changes late, as Google's services may show them.
  package static var lag: LagRule { .hidden }
  /// Its id.
  package var key: String { id }
  /// What is below a project names it by its id, never by its number.
  package var names: [String] { ["projects/\(id)"] }
}

extension ProjectRecord {
  /// How long a deleted project can come back, in microseconds: 30 days.
  private static let grace: Int64 = 30 * 86_400 * 1_000_000

  /// Whether it is gone for good: nobody sees it any more, and its id stays taken.
  package func isGone(now: Int64) -> Bool {
    deleteTime.map { now - $0 > Self.grace } ?? false
  }
}

/// The ids of projects by their numbers.
package struct ProjectNumbers: RecordIndex {
  private var ids: [String: String] = [:]

  /// The index of a table without rows.
  package init() {}

  /// The id of the project that has a number.
  package subscript(number: String) -> String? { ids[number] }

  /// Notes a project.
  package mutating func insert(_ project: ProjectRecord) { ids[project.number] = project.id }

  /// Forgets a project.
  package mutating func remove(_ project: ProjectRecord) {
    if ids[project.number] == project.id { ids[project.number] = nil }
  }
}

extension State {
  /// The project of an id or a number, in whatever state.
  package func project(_ name: String) -> ProjectRecord? {
    let projects = self[ProjectRecord.self]
    return projects[name] ?? projects.index[name].flatMap { projects[$0] }
  }
}
