public import JSON

/// Finds another tool that manages a resource.
public enum OtherManagers {
  /// Labels that other tools put on the resources that they manage.
  private static let labels = [
    "goog-terraform-provisioned": "Terraform", "managed-by-cnrm": "Config Connector",
  ]

  /// The tool that a live resource's labels name; nil if they name none.
  public static func of(_ live: JSONValue) -> String? {
    labels.sorted { $0.key < $1.key }.first { live["labels"]?[$0.key]?.string == "true" }?.value
  }
}
