/// Google's limits on policies and on the keys of an account, as of 2026-11.
public enum PolicyLimits {
  /// How many members a policy's bindings may have in total; each occurrence counts. (Discovery document `iam.v1`,
  /// schema `Policy`: "up to 1,500 principals; up to 250 of these principals can be Google groups. Each occurrence of a
  /// principal counts".)
  public static let members = 1500
  /// How many of them may be groups.
  public static let groups = 250
  /// The size in bytes from which Google may refuse a policy. (Discovery document `iam.v1`, method `setIamPolicy`:
  /// "limited to a few 10s of KB"; the exact limit is not documented.)
  public static let warningBytes = 64 << 10
  /// How many user-managed keys a service account may have, including disabled and expired ones.
  /// (cloud.google.com/iam/quotas)
  public static let keysPerAccount = 10
}
