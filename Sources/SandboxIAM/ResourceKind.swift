/// Which part of a path is the resource that a permission is asked for.
package enum ResourceKind: Sendable {
  /// `{project}`
  case project
  /// `{project}`, `{location}`, `{repository}`
  case repository
  /// `{project}` (or `-`) and `{account}`
  case account
}
