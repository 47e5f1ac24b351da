import Model

/// The grammar of `principal://` and `principalSet://` members (docs/google-apis.md#members-of-policies).
enum PrincipalGrammar {
  private static let host = "//iam.googleapis.com/"

  /// Takes the text after `principal:`; throws the problem with it.
  package static func check(_ value: String, isSet: Bool) throws(Problem) {
    let prefix = isSet ? "principalSet" : "principal"
    guard value.hasPrefix("//") else {
      throw Problem(
        "`\(prefix):` must be followed by `//`",
        help: "write `\(prefix)://iam.googleapis.com/projects/NUMBER/locations/global/...`")
    }
    // Other hosts have their own forms, which the server checks.
    guard value.hasPrefix(host) else {
      guard value.dropFirst(2).split(separator: "/").count >= 2 else {
        throw Problem("`\(prefix):\(value)` has no path after its host")
      }
      return
    }
    let parts = value.dropFirst(host.count).split(
      separator: "/", omittingEmptySubsequences: false)
    try check(subject: try pool(parts), isSet: isSet)
  }

  /// Checks the pool and returns the parts after it.
  private static func pool(_ parts: [Substring]) throws(Problem) -> ArraySlice<Substring> {
    if parts.first == "locations" {
      guard parts.count > 4, parts[1] == "global", parts[2] == "workforcePools", !parts[3].isEmpty
      else { throw workforceForm }
      return parts[4...]
    }
    guard parts.count > 6, parts[0] == "projects", parts[2] == "locations", parts[3] == "global",
      parts[4] == "workloadIdentityPools", !parts[5].isEmpty
    else { throw workloadForm }
    guard NameRules.projectNumber(String(parts[1])) == nil else {
      throw Problem(
        "`\(parts[1])` must be the project's number here, not its id",
        help: "gcloud projects describe \(parts[1]) --format='value(projectNumber)'")
    }
    return parts[6...]
  }

  private static func check(
    subject parts: ArraySlice<Substring>, isSet: Bool
  ) throws(Problem) {
    let kind = parts.first ?? ""
    let value = parts.dropFirst().joined(separator: "/")
    if !isSet {
      guard kind == "subject", !value.isEmpty else {
        throw Problem(
          "a `principal://` ends with `subject/SUBJECT`",
          help: kind == "*" || kind == "group" || kind.hasPrefix("attribute.")
            ? "write `principalSet://`" : nil)
      }
      return
    }
    let isAll = kind == "*" && parts.count == 1
    let isAttribute = kind.hasPrefix("attribute.") && kind.utf8.count > "attribute.".utf8.count
    guard isAll || ((kind == "group" || isAttribute) && !value.isEmpty) else {
      throw Problem(
        "a `principalSet://` ends with `group/GROUP`, `attribute.NAME/VALUE` or `*`",
        help: kind == "subject" ? "write `principal://`" : nil)
    }
  }

  private static let workloadForm = Problem(
    "the pool must be `projects/NUMBER/locations/global/workloadIdentityPools/POOL/...`")
  private static let workforceForm = Problem(
    "the pool must be `locations/global/workforcePools/POOL/...`")
}
