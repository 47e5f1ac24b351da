public import Model

/// Every kind that there is; adding one means a file of its own and a line here.
public enum Kinds {
  /// The kinds of documents, in the order of reference pages.
  public static let all: [any Kind] = [
    StackKind(),
    ProjectKind(),
    RepositoryKind(),
    ServiceAccountKind(),
    ServiceAccountKeyKind(),
    RoleKind(),
    IAMBindingKind(),
  ]

  /// What has addresses and no documents.
  public static let undocumented: [any Kind] = [ServiceKind()]

  /// The kind that manifests call so: `Repository`.
  public static func named(_ name: String) -> (any Kind)? { all.first { $0.name == name } }

  /// The kind of an address; nil for policies, which have no fields of their own.
  public static func of(_ kind: Address.Kind) -> (any Kind)? {
    (all + undocumented).first { $0.segment == kind }
  }
}
