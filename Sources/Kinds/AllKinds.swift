public import Model

/// Every kind; a new one needs a folder beside this file and a line here.
public enum Kinds {
  /// The kinds of documents, in the order of reference pages; then those that have addresses and no documents.
  public static let catalog = KindSet(
    [
      StackKind(),
      ProjectKind(),
      RepositoryKind(),
      RuleKind(),
      ServiceAccountKind(),
      ServiceAccountKeyKind(),
      RoleKind(),
      WorkloadIdentityPoolKind(),
      WorkloadIdentityPoolProviderKind(),
      SecretKind(),
      IAMBindingKind(),
    ], root: ProjectKind(), setting: ServiceKind(), references: [KeyRingKind(), CryptoKeyKind()])
}
