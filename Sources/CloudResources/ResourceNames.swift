package import GoogleCloud
package import JSON
package import Model

/// Google's own names of addressed things: the paths of their REST resources and the e-mails of accounts.
package enum ResourceNames {
  /// The e-mail of an account of a project: `uploader@my-project-id.iam.gserviceaccount.com`.
  ///
  /// In a project of the old form `example.com:p` the domain goes behind the id (gcp-api.md 3, legacy ids).
  package static func email(account: String, project: String) -> String {
    "\(account)@\(accountHost(of: project))"
  }

  /// The account id in an e-mail of this project's own accounts; nil for every other e-mail, such as those of the
  /// accounts that Google makes by itself (`*@developer.gserviceaccount.com`, `*@appspot.gserviceaccount.com`).
  package static func accountID(of email: String, project: String) -> String? {
    let suffix = "@" + accountHost(of: project)
    let email = email.lowercased()
    guard email.hasSuffix(suffix), email.utf8.count > suffix.utf8.count else { return nil }
    return String(email.dropLast(suffix.count))
  }

  /// What stands behind the `@` of a project's accounts.
  private static func accountHost(of project: String) -> String {
    let parts = project.split(separator: ":", maxSplits: 1)
    let name = parts.count == 2 ? "\(parts[1]).\(parts[0])" : project
    return "\(name).iam.gserviceaccount.com"
  }

  /// The path of a resource's REST resource; nil for an address of another form.
  package static func path(of address: Address, verb: String? = nil) -> String? {
    let project = address.project
    let segments = address.segments
    switch (address.kind, segments.count) {
    case ("project", 1): return APIPath.join("v3", "projects", project, verb: verb)
    case ("service", 2):
      return APIPath.join("v1", "projects", project, "services", segments[1], verb: verb)
    case ("repository", 3):
      return APIPath.join(
        "v1", "projects", project, "locations", segments[1], "repositories", segments[2],
        verb: verb)
    case ("serviceAccount", 2):
      return APIPath.join(
        "v1", "projects", project, "serviceAccounts", email(account: segments[1], project: project),
        verb: verb)
    case ("role", 2):
      return APIPath.join("v1", "projects", project, "roles", segments[1], verb: verb)
    default: return nil
    }
  }

  /// The path of a custom method on a resource's policy. Projects' policies are asked of v1, as gcloud does; their own
  /// reads go to v3, whose quota is another one.
  package static func policyPath(of resource: Address, verb: String) -> String? {
    resource.kind == "project"
      ? APIPath.join("v1", "projects", resource.project, verb: verb)
      : path(of: resource, verb: verb)
  }

  /// Which API serves resources of an address's kind.
  package static func host(ofKind kind: String) -> APIHost {
    switch kind {
    case "repository": .artifactRegistry
    case "serviceAccount", "serviceAccountKey", "role": .iam
    case "service": .serviceUsage
    default: .resourceManager
    }
  }

  /// Whether an answer is about this resource: a project says so by its id, everything else by its name.
  package static func isOwn(_ value: JSONValue, of address: Address) -> Bool {
    let project = address.project
    let name = value["name"]?.string ?? ""
    switch (address.kind, address.segments.count) {
    case ("project", _): return value["projectId"]?.string == project
    case ("repository", 3):
      let segments = address.segments
      return isName(
        parts(of: name), project, ["locations", segments[1], "repositories", segments[2]])
    case ("serviceAccount", _):
      let email = email(account: address.id, project: project)
      return isName(parts(of: name), project, ["serviceAccounts", email])
    case ("role", _): return isName(parts(of: name), project, ["roles", address.id])
    case ("service", _): return isName(parts(of: name), project, ["services", address.id])
    default: return !name.isEmpty
    }
  }

  /// Whether the parts of a name are this project's, by its id or a number, and then these.
  package static func isName(
    _ parts: some Collection<Substring>, _ project: String, _ rest: [String]
  )
    -> Bool
  {
    let parts = Array(parts)
    guard parts.count == rest.count + 2, parts[0] == "projects" else { return false }
    let isOwn = parts[1] == project || parts[1].utf8.allSatisfy { (0x30...0x39).contains($0) }
    return isOwn && !parts[1].isEmpty && zip(parts[2...], rest).allSatisfy { $0 == $1 }
  }

  /// The parts of a Google name between its slashes, empty ones included.
  package static func parts(of name: String) -> [Substring] {
    name.split(separator: "/", omittingEmptySubsequences: false)
  }

  /// What stands behind the last slash of a Google name.
  package static func lastSegment(of name: String) -> String {
    name.split(separator: "/").last.map(String.init) ?? name
  }
}
