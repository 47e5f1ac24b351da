public import Model

/// Every kind that there is; adding one means a file of its own and a line here.
public enum Kinds {
  /// The kinds of documents, in the order of reference pages; then what has addresses and no documents.
  public static let catalog = KindSet(
    [
      StackKind(),
      ProjectKind(),
      RepositoryKind(),
      ServiceAccountKind(),
      ServiceAccountKeyKind(),
      RoleKind(),
      IAMBindingKind(),
    ], undocumented: [ServiceKind()])

  /// The kinds of documents, in the order of reference pages.
  public static var all: [any Kind] { catalog.documents }

  /// The kind that manifests call so: `Repository`.
  public static func named(_ name: String) -> (any Kind)? { catalog.named(name) }

  /// The kind of an address; nil for policies, which have no fields of their own.
  public static func of(_ kind: Address.Kind) -> (any ResourceKind)? { catalog[kind] }
}
