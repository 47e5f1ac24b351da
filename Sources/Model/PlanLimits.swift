/// Google's limits, as far as a plan can count against them before it writes anything.
public struct PlanLimits: Sendable, Hashable {
  /// How many members a policy's bindings may hold in all, each occurrence counted; how many of them groups.
  public var policyMembers: Int
  public var policyGroups: Int
  /// From how many bytes on a policy may be refused for its size; the limit itself is not documented.
  public var policyBytes: Int
  /// How many keys of its users a service account may have, disabled and expired ones included.
  public var keysPerAccount: Int
  /// How many resources of a kind one project may hold.
  public var perProject: [Address.Kind: Quota]
  /// How many labels a resource of a kind may have, whoever put them there.
  public var labels: [Address.Kind: Int]

  /// One number, and whether Google raises it on request.
  public struct Quota: Sendable, Hashable {
    public var maximum: Int
    public var isAdjustable: Bool
    public init(_ maximum: Int, isAdjustable: Bool) {
      self.maximum = maximum
      self.isAdjustable = isAdjustable
    }
  }

  public init(
    policyMembers: Int, policyGroups: Int, policyBytes: Int, keysPerAccount: Int,
    perProject: [Address.Kind: Quota], labels: [Address.Kind: Int]
  ) {
    self.policyMembers = policyMembers
    self.policyGroups = policyGroups
    self.policyBytes = policyBytes
    self.keysPerAccount = keysPerAccount
    self.perProject = perProject
    self.labels = labels
  }
}
