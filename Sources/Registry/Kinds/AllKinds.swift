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

  /// The kind that addresses call so: `repository`, and also `service`.
  public static func segment(_ segment: String) -> (any Kind)? {
    (all + undocumented).first { $0.segment == segment }
  }
}
