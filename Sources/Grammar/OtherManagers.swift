public import JSON

/// Who else manages what arctl is to change.
public enum OtherManagers {
  /// Labels that other managers put on what they own.
  private static let labels = [
    "goog-terraform-provisioned": "Terraform", "managed-by-cnrm": "Config Connector",
  ]

  /// The one that a live resource's labels name; nil where they name none.
  public static func of(_ live: JSONValue) -> String? {
    labels.sorted { $0.key < $1.key }.first { live["labels"]?[$0.key]?.string == "true" }?.value
  }
}
