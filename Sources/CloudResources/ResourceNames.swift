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
    let names = address.names
    switch address.kind {
    case .project:
      return names.isEmpty ? APIPath.join("v3", "projects", project, verb: verb) : nil
    case .service:
      guard names.count == 1 else { return nil }
      return APIPath.join("v1", "projects", project, "services", names[0], verb: verb)
    case .repository:
      guard names.count == 2 else { return nil }
      return APIPath.join(
        "v1", "projects", project, "locations", names[0], "repositories", names[1], verb: verb)
    case .serviceAccount:
      guard names.count == 1 else { return nil }
      return APIPath.join(
        "v1", "projects", project, "serviceAccounts", email(account: names[0], project: project),
        verb: verb)
    case .role:
      guard names.count == 1 else { return nil }
      return APIPath.join("v1", "projects", project, "roles", names[0], verb: verb)
    // A key's address holds its manifest's name, not Google's id; a policy is read through its resource.
    case .serviceAccountKey, .iam: return nil
    }
  }

  /// The path of a custom method on a resource's policy. Projects' policies are asked of v1, as gcloud does; their own
  /// reads go to v3, whose quota is another one.
  package static func policyPath(of resource: Address, verb: String) -> String? {
    resource.kind == .project
      ? APIPath.join("v1", "projects", resource.project, verb: verb)
      : path(of: resource, verb: verb)
  }

  /// Which API serves resources of an address's kind.
  package static func host(ofKind kind: Address.Kind) -> APIHost {
    switch kind {
    case .repository: .artifactRegistry
    case .serviceAccount, .serviceAccountKey, .role: .iam
    case .service: .serviceUsage
    case .project, .iam: .resourceManager
    }
  }

  /// Whether an answer is about this resource: everything says so by its name, a project by its id and its number too,
  /// and an account by its e-mail too.
  package static func isOwn(_ value: JSONValue, of address: Address) -> Bool {
    guard isNamed(value, of: address) else { return false }
    switch address.kind {
    case .project:
      let parts = parts(of: value["name"]?.string ?? "")
      return parts.count == 2 && parts[0] == "projects" && isNumber(parts[1])
    case .serviceAccount:
      return value["email"]?.string == email(account: address.id, project: address.project)
    case .repository, .role, .service, .serviceAccountKey, .iam: return true
    }
  }

  /// Whether an answer names this resource; the answers of some writes hold little more.
  package static func isNamed(_ value: JSONValue, of address: Address) -> Bool {
    let project = address.project
    let name = value["name"]?.string ?? ""
    switch address.kind {
    case .project: return value["projectId"]?.string == project
    case .repository:
      guard address.names.count == 2 else { return false }
      return isName(
        parts(of: name), project, ["locations", address.names[0], "repositories", address.names[1]])
    case .serviceAccount:
      let email = email(account: address.id, project: project)
      return isName(parts(of: name), project, ["serviceAccounts", email])
    case .role: return isName(parts(of: name), project, ["roles", address.id])
    case .service: return isName(parts(of: name), project, ["services", address.id])
    // No answer says that it is the key of a manifest's name, and a policy has no name.
    case .serviceAccountKey, .iam: return false
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
    let isOwn = parts[1] == project || isNumber(parts[1])
    return isOwn && zip(parts[2...], rest).allSatisfy { $0 == $1 }
  }

  private static func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Whether a text can be the last part of a Google name. One with a blank behind it, or a control character in it, is
  /// not another thing: it is an answer that was damaged on its way.
  package static func isPlainID(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "-._~@+:".utf8.contains(byte)
        }
      }
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
