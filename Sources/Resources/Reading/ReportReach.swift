/// How far a run looks for what no manifest declares.
///
/// A plan looks only where its requests follow from the manifests and cost next to nothing; a drift check looks further.
public struct ReportReach: Sendable, Hashable {
  /// Whether to look for resources in all locations that Google has, with a list for each, instead of those that the
  /// manifests name.
  public var isEverywhere: Bool
  /// Whether to read the policies of all resources, declared and found, and the keys of all declared accounts.
  public var readsAllGrants: Bool

  /// By default as far as a plan looks.
  public init(isEverywhere: Bool = false, readsAllGrants: Bool = false) {
    self.isEverywhere = isEverywhere
    self.readsAllGrants = readsAllGrants
  }
}
