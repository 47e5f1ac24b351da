package import SandboxStore

/// A part of Google's APIs (or of the sandbox's own) that the sandbox serves: its calls, and the records that they keep.
///
/// A new kind of resource is one file with its record and one of these, and one line in `ServedAPIs.all`.
package protocol ServedAPI: SendableMetatype {
  /// The record types that get a table by it. A record that none names has no table, and nothing can keep one.
  static var records: [any Record.Type] { get }

  /// The calls.
  static var routes: [Route] { get }
}
