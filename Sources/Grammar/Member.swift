public import Model

/// A member of a policy as a manifest writes it, checked and in its normal form.
///
///     try Member(parsing: "user:Ana@Example.com")      // .policy("user:ana@example.com")
///     try Member(parsing: "serviceAccount:uploader")   // .account(id: "uploader", project: nil)
///
/// Grammar: docs/google-apis.md#members-of-policies. E-mails and domains are case-insensitive and become lower case;
/// `principal://` and `principalSet://` are case-sensitive and stay unchanged.
public enum Member: Sendable, Hashable {
  /// Ready for a policy.
  case policy(String)
  /// `serviceAccount:uploader`, `serviceAccount:uploader@other-project`: an account that the set must declare.
  case account(id: String, project: String?)
  /// `serviceAgent:artifactregistry@PROJECT`: a Google service agent, whose e-mail contains the project's number.
  case serviceAgent(name: String, project: String?)
  /// `principalSet://iam.googleapis.com/projects/my-project/...`: unchanged, but with the project's id in place of the
  /// number that Google wants.
  case numbered(String, project: String)
  /// `pool:workflows/group/core`, `github:acme/lib`: a declared pool or provider gives it its meaning.
  case shorthand(prefix: String, value: String)
  /// `deleted:user:E?uid=N`, unchanged: a manifest may remove it, but never grant it a role.
  case deleted(String)

  /// The problem with a `deleted:` member among those that must hold a role.
  public static let deletedProblem = Problem(
    "a `deleted:` member cannot be granted a role",
    help: "name the live account, or move this member to `absent`")

  /// Reads a member; throws the problem and a suggestion.
  public init(parsing text: String) throws(Problem) {
    if let problem = MemberMistakes.whitespace(in: text) { throw problem }
    if text == "allUsers" || text == "allAuthenticatedUsers" {
      self = .policy(text)
      return
    }
    if let problem = MemberMistakes.glob(text) { throw problem }
    guard let colon = text.firstIndex(of: ":") else { throw MemberMistakes.withoutPrefix(text) }
    let prefix = String(text[..<colon])
    let value = String(text[text.index(after: colon)...])
    if value.isEmpty { throw Problem("`\(text)` has no name after `\(prefix):`") }
    switch prefix {
    case "user", "group": self = try Self.person(prefix, value)
    case "serviceAccount": self = try Self.account(value)
    case "serviceAgent": self = try Self.agent(value)
    case "domain": self = try Self.domain(value)
    case "principal", "principalSet":
      let reading = try PrincipalGrammar.read(value, isSet: prefix == "principalSet")
      self = reading.project.map { .numbered(text, project: $0) } ?? .policy(text)
    case "pool", "github":
      try MemberShorthands.check(prefix: prefix, value)
      self = .shorthand(prefix: prefix, value: value)
    case "deleted": self = try Self.deletedMember(value)
    case "projectOwner", "projectEditor", "projectViewer":
      if let problem = NameRules.projectID(value) {
        throw problem.of("the project `\(value)` in `\(text)`")
      }
      self = .policy(text)
    default: throw MemberMistakes.unknownPrefix(prefix, value)
    }
  }

  /// A warning about a valid member whose form arctl does not know.
  public static func remark(on text: String) -> Problem? {
    let prefixes = ["principal:", "principalSet:"]
    guard let prefix = prefixes.first(where: text.hasPrefix) else { return nil }
    let value = String(text.dropFirst(prefix.count))
    return (try? PrincipalGrammar.read(value, isSet: prefix == "principalSet:"))?.remark
  }

  /// The form in manifests, with references as written.
  public var text: String {
    switch self {
    case .policy(let text), .deleted(let text), .numbered(let text, _): text
    case .shorthand(let prefix, let value): "\(prefix):\(value)"
    case .account(let id, let project): "serviceAccount:\(id)" + (project.map { "@\($0)" } ?? "")
    case .serviceAgent(let name, let project):
      "serviceAgent:\(name)" + (project.map { "@\($0)" } ?? "")
    }
  }
}

extension Member {
  private static func person(_ prefix: String, _ value: String) throws(Problem) -> Member {
    let email = value.lowercased()
    if email == "allusers" || email == "allauthenticatedusers" {
      throw Problem(
        "`\(prefix):\(value)` is not a member",
        help: "write `\(email == "allusers" ? "allUsers" : "allAuthenticatedUsers")` alone")
    }
    if email.hasSuffix("gserviceaccount.com") {
      throw Problem(
        "`\(value)` is a service account, not a \(prefix)", help: "write `serviceAccount:\(email)`")
    }
    if let problem = AccountEmail.problem(withEmail: email) {
      throw problem.of("`\(value)`").helped(MemberMistakes.partOfAnAddress(email))
    }
    return .policy("\(prefix):\(email)")
  }

  private static func account(_ value: String) throws(Problem) -> Member {
    if value.contains("[") { return try kubernetesAccount(value) }
    guard let at = value.lastIndex(of: "@") else {
      if let problem = NameRules.existingAccountID(value) {
        throw problem.of("the service account's id `\(value)`")
      }
      return .account(id: value, project: nil)
    }
    let id = String(value[..<at])
    let host = String(value[value.index(after: at)...])
    if host.contains(".") && !host.contains(":") { return try fullEmail(value) }
    if let problem = NameRules.existingAccountID(id) {
      throw problem.of("the service account's id `\(id)`")
    }
    if let problem = NameRules.projectID(host) {
      throw problem.of("the project `\(host)` of the service account")
    }
    return .account(id: id, project: host)
  }

  private static func fullEmail(_ value: String) throws(Problem) -> Member {
    let email = value.lowercased()
    if let problem = AccountEmail.problem(withEmail: email) {
      throw problem.of("`\(value)`").helped(MemberMistakes.partOfAnAddress(email))
    }
    guard email.hasSuffix(".gserviceaccount.com") || email.hasSuffix("@gserviceaccount.com") else {
      throw MemberMistakes.otherHost(email)
    }
    return .policy("serviceAccount:\(email)")
  }

  /// `PROJECT.svc.id.goog[NAMESPACE/ACCOUNT]`: a Kubernetes account of a workload identity pool.
  private static func kubernetesAccount(_ value: String) throws(Problem) -> Member {
    let form = Problem(
      "`\(value)` is not `PROJECT.svc.id.goog[NAMESPACE/ACCOUNT]`, a Kubernetes service account")
    let suffix = ".svc.id.goog"
    guard let open = value.firstIndex(of: "["), value.last == "]" else { throw form }
    let pool = value[..<open].lowercased()
    let names = value[value.index(after: open)...].dropLast()
      .split(separator: "/", omittingEmptySubsequences: false)
    guard pool.hasSuffix(suffix), NameRules.projectID(String(pool.dropLast(suffix.count))) == nil,
      names.count == 2, names.allSatisfy(isKubernetesName)
    else { throw form }
    return .policy("serviceAccount:\(pool)\(value[open...])")
  }

  private static func isKubernetesName(_ name: Substring) -> Bool {
    (1...253).contains(name.utf8.count)
      && name.utf8.allSatisfy { NameRules.isLowerDigitDash($0) || $0 == UInt8(ascii: ".") }
  }

  private static func agent(_ value: String) throws(Problem) -> Member {
    let parts = value.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard ServiceAgents.emails[name] != nil else { throw MemberMistakes.unknownAgent(name) }
    guard parts.count == 2 else { return .serviceAgent(name: name, project: nil) }
    let project = String(parts[1])
    if let problem = NameRules.projectID(project) {
      throw problem.of("the project `\(project)` of the service agent")
    }
    return .serviceAgent(name: name, project: project)
  }

  private static func domain(_ value: String) throws(Problem) -> Member {
    let domain = value.lowercased()
    if let at = domain.firstIndex(of: "@") {
      throw Problem(
        "`\(value)` is not a domain", help: "write `domain:\(domain[domain.index(after: at)...])`")
    }
    if let problem = NameRules.domain(domain) { throw problem.of("`\(value)`") }
    return .policy("domain:\(domain)")
  }

  /// `deleted:{user|serviceAccount|group}:E?uid=N`, `deleted:principal://...`.
  private static func deletedMember(_ value: String) throws(Problem) -> Member {
    let parts = value.split(separator: ":", maxSplits: 1)
    let kind = parts.first.map(String.init) ?? ""
    let rest = parts.count == 2 ? parts[1] : ""
    let hasUID = rest.split(separator: "?uid=").count == 2
    let isPrincipal = kind == "principal" && rest.hasPrefix("//")
    guard isPrincipal || (["user", "serviceAccount", "group"].contains(kind) && hasUID) else {
      throw Problem("`deleted:\(value)` is not `deleted:KIND:EMAIL?uid=NUMBER`")
    }
    return .deleted("deleted:\(value)")
  }
}
