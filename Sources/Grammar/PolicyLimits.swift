/// Google's limits on policies and on the keys of an account, as of 2026-11.
public enum PolicyLimits {
  /// How many members a policy's bindings may hold in all, each occurrence counted. (Discovery document `iam.v1`, schema
  /// `Policy`: "up to 1,500 principals; up to 250 of these principals can be Google groups. Each occurrence of a principal
  /// counts".)
  public static let members = 1500
  /// How many of them may be groups.
  public static let groups = 250
  /// From how many bytes on a policy may be refused for its size. (Discovery document `iam.v1`, method `setIamPolicy`:
  /// "limited to a few 10s of KB"; the limit itself is not documented.)
  public static let warningBytes = 64 << 10
  /// How many keys of its users a service account may have, disabled and expired ones included.
  /// (cloud.google.com/iam/quotas)
  public static let keysPerAccount = 10
}
