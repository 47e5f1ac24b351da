import Kinds
package import Model

/// The kinds by their names, for addresses in tests.
extension KindID {
  package static let project = known("project")
  package static let service = known("service")
  package static let role = known("role")
  package static let serviceAccount = known("serviceAccount")
  package static let serviceAccountKey = known("serviceAccountKey")
  package static let repository = known("repository")

  private static func known(_ name: String) -> KindID { Kinds.catalog[name] ?? .policy }
}

extension KindSet {
  /// All kinds.
  package static let google = Kinds.catalog
}

extension Address {
  /// The address in a text, of any kind.
  package init?(parsing text: String) {
    guard let address = Kinds.catalog.address(parsing: text) else { return nil }
    self = address
  }
}
