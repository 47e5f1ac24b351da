/// The kind of resource that a permission is checked on, with the variables of the path that identify it.
package enum ResourceKind: Sendable {
  /// `{project}`
  case project
  /// `{project}`, `{location}`, `{repository}`
  case repository
  /// `{project}` (or `-`) and `{account}`
  case account
  /// `{project}`, `{location}`, `{keyRing}`, `{cryptoKey}`
  case cryptoKey
  /// `{project}`, `{pool}`; also for the providers of the pool
  case pool
  /// `{project}`, `{secret}`; also for the versions of the secret
  case secret
  /// `{folder}`
  case folder
  /// `{organization}`
  case organization

  /// Whether resources of this kind are above projects.
  package var isAboveProjects: Bool { self == .folder || self == .organization }
}
