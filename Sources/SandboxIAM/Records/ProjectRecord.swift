package import SandboxStore

/// A project. In every record, times are microseconds since 1970 on the sandbox's clock.
package struct ProjectRecord: Record {
  /// As the caller chose it; never reused (docs/google-apis.md#project-ids).
  package let id: String
  /// Twelve digits.
  package let number: String
  /// The name that the console shows.
  package var displayName: String
  /// `folders/1` or `organizations/1`.
  package var parent: String?
  /// By key.
  package var labels: [String: String] = [:]
  /// When it was created.
  package let createTime: Int64
  /// When it was last changed.
  package var updateTime: Int64
  /// Set while the project's state is DELETE_REQUESTED.
  package var deleteTime: Int64?
  /// Counts the changes; the v3 etag is made of it.
  package var revision = 1
  /// `billingAccounts/...`; nil while no account pays for the project.
  package var billingAccount: String?
  /// The enabled services, such as `artifactregistry.googleapis.com`.
  package var services: Set<String> = []
  /// The services that were disabled again, since the accounts that Google created for them stay. Nil in stores that
  /// older versions wrote.
  package private(set) var formerServices: Set<String>?

  /// The services whose agents were created on request, whether they are enabled or not. Nil in stores that older
  /// versions wrote.
  package private(set) var identities: Set<String>?

  /// Creates the agents of a service.
  package mutating func generateIdentity(of service: String) {
    identities = (identities ?? []).union([service])
  }

  /// Disables services.
  package mutating func disable(_ names: Set<String>) {
    formerServices = (formerServices ?? []).union(names.intersection(services))
    services.subtract(names)
  }

  /// Whether the agents of one of the services exist: it is enabled or was at some time, or its agents were created on
  /// request.
  package func hasAgents(ofAny names: Set<String>) -> Bool {
    [services, formerServices ?? [], identities ?? []].contains { !$0.isDisjoint(with: names) }
  }

  /// Creates a project; the parameters with defaults are for one that is copied.
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
  /// Finds projects by number.
  package typealias Index = ProjectNumbers
  /// The name of its table in the store.
  package static var table: String { "project" }
  /// Reads show its changes late, as Google's services may do (docs/google-apis.md#eventual-consistency).
  package static var lag: LagRule { .hidden }
  /// Its id.
  package var key: String { id }
  /// Its children name it by id, never by number.
  package var names: [String] { ["projects/\(id)"] }
}

extension ProjectRecord {
  /// How long a deleted project can be restored, in microseconds: 30 days (docs/google-apis.md#projects).
  private static let grace: Int64 = 30 * 86_400 * 1_000_000

  /// Whether it is gone for good: reads no longer show it, but its id stays taken.
  package func isPurged(now: Int64) -> Bool {
    deleteTime.map { now - $0 > Self.grace } ?? false
  }
}

/// The ids of projects, by number.
package struct ProjectNumbers: RecordIndex {
  private var ids: [String: String] = [:]

  /// The index of a table without rows.
  package init() {}

  /// The id of the project with a number.
  package subscript(number: String) -> String? { ids[number] }

  /// Adds a project.
  package mutating func insert(_ project: ProjectRecord) { ids[project.number] = project.id }

  /// Removes a project.
  package mutating func remove(_ project: ProjectRecord) {
    if ids[project.number] == project.id { ids[project.number] = nil }
  }
}

extension State {
  /// The project with an id or a number, deleted or not.
  package func project(_ name: String) -> ProjectRecord? {
    let projects = self[ProjectRecord.self]
    return projects[name] ?? projects.index[name].flatMap { projects[$0] }
  }
}
