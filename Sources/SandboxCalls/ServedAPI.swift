package import SandboxStore

/// A part of Google's APIs, or of the sandbox's own, that the sandbox serves: its routes and the records that they
/// keep.
///
/// A new kind of resource is one file with its record and one of these, and one line in `ServedAPIs.all`.
package protocol ServedAPI: SendableMetatype {
  /// The record types that get a table. A record that no API lists has no table, so it cannot be stored.
  static var records: [any Record.Type] { get }

  /// The routes.
  static var routes: [Route] { get }
}
