/// Labels that Google's products write on the resources that they make, such as `goog-managed-by`.
///
/// They are not users' to change: a reset of all labels leaves them, and a manifest that writes one gets a warning
/// (docs/google-apis.md#labels).
public enum GoogleLabels {
  /// Whether a label with this key is Google's.
  public static func contains(_ key: String) -> Bool { key.hasPrefix("goog-") }
}
