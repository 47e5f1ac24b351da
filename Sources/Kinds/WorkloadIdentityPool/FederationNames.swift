import Grammar
import Model

/// The ids of pools and providers: 4 to 32 lower-case letters, digits and hyphens; `gcp-` is Google's
/// (docs/google-apis.md#workload-identity-pools).
enum FederationNames {
  static func existing(_ name: String) -> Problem? {
    if name.utf8.contains(where: { (65...90).contains($0) }) { return "must be in lower case" }
    let isPlain = name.utf8.allSatisfy { byte in
      NameRules.isDigit(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "-")
    }
    guard isPlain else { return "may contain lower-case letters, digits and hyphens only" }
    let count = name.utf8.count
    return (4...32).contains(count)
      ? nil : "must have 4 to 32 characters; this has \(count)"
  }

  /// A pool that exists may also be the one that Google Kubernetes Engine made: `PROJECT.svc.id.goog`.
  static func existingPool(_ name: String) -> Problem? {
    guard name.hasSuffix(clusterSuffix) else { return existing(name) }
    return NameRules.projectID(String(name.dropLast(clusterSuffix.count)))
      .map { $0.of("the project in it") }
  }
  private static let clusterSuffix = ".svc.id.goog"

  static func new(_ name: String) -> Problem? {
    if name.hasPrefix("gcp-") {
      return Problem(
        "begins with `gcp-`, which Google reserves for itself", help: "take another name")
    }
    return existing(name)
  }
}
