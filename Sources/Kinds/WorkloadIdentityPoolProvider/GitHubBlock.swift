import Grammar
import JSON
import Model

/// `github`: a provider for one owner of GitHub, in short.
///
/// It stands for the issuer, a condition on the owner's number, and three attributes by which `github:` members select
/// workflows. Numbers are never given again, names are (docs/google-apis.md#conditions-of-providers).
enum GitHubBlock {
  static let name = "github"

  static let field = Field(
    name, .object(fields), [.manifestOnly],
    "In place of `oidc`, `attributeMapping` and `attributeCondition`: the workflows of one owner of GitHub, with "
      + "attributes for members such as `github:acme/lib`, `github:acme/lib@refs/heads/main` and "
      + "`github:acme/lib#environment:release`.")

  private static let number = StringRule { text in
    !text.isEmpty && text.utf8.count <= 20 && text.utf8.allSatisfy(NameRules.isDigit)
      ? nil : "must be a number of GitHub: digits only"
  }

  private static let fields = [
    Field("owner", .string(), [.required], "The organization or user: `acme`."),
    Field(
      "ownerId", .string(number), [.required],
      "Its number: `id` in what `gh api orgs/ORGANIZATION` prints, or `gh api users/USER`."),
    Field(
      "repositories", .list(.object(repository), .keyed("name")), [.required],
      "The repositories that members may name."),
  ]

  private static let repository = [
    Field("name", .string(), [.required], "Its name, without the owner: `lib`."),
    Field(
      "id", .string(number), [.required],
      "Its number: `id` in what `gh api repos/OWNER/REPOSITORY` prints."),
  ]

  static func isWritten(in spec: JSONObject) -> Bool { ProviderRules.isWritten(spec[name]) }

  /// Fields that it stands for.
  private static let replaced = ProviderFields.types + ["attributeMapping", "attributeCondition"]

  static func problems(in spec: JSONObject) -> [Problem] {
    guard isWritten(in: spec) else { return [] }
    return replaced.filter { spec[$0] != nil }.map {
      Problem(
        FieldPath().field($0), "`\($0)` and `github` cannot be used together",
        help: "leave `\($0)` out; or leave `github` out, and write what it stands for")
    }
  }

  static func expanded(_ spec: JSONObject) -> JSONObject {
    guard let owner = spec[name]?["ownerId"]?.string else { return spec }
    var fields = spec
    fields[name] = nil
    fields["oidc"] = ["issuerUri": "https://token.actions.githubusercontent.com"]
    fields["attributeMapping"] = mapping
    fields["attributeCondition"] = .string("assertion.repository_owner_id == '\(owner)'")
    return fields
  }

  /// The subject is the repository: `assertion.sub` may have more than the 127 bytes of a subject. A job without an
  /// environment has no such claim.
  private static let mapping: JSONValue = [
    "google.subject": "'repository:' + assertion.repository_id",
    "attribute.repository_id": "assertion.repository_id",
    "attribute.repository_ref": "assertion.repository_id + '@' + assertion.ref",
    "attribute.repository_environment":
      "assertion.repository_id + '#' + (has(assertion.environment) ? assertion.environment : '')",
  ]

  /// The ids of the repositories in a block; nil without a block.
  static func repositories(in fields: JSONObject) -> Set<String>? {
    fields[name]?["repositories"]?.array.map { Set($0.compactMap { $0["id"]?.string }) }
  }

  /// The id of the repository in a value of one of the block's attributes; nil for another attribute.
  static func repository(of attribute: String, _ value: String) -> String? {
    switch attribute {
    case "attribute.repository_id": value
    case "attribute.repository_ref": String(value.prefix { $0 != "@" })
    case "attribute.repository_environment": String(value.prefix { $0 != "#" })
    default: nil
    }
  }

  /// What follows the pool in the member of these workflows; nil if they belong to another owner.
  static func rest(
    of workflows: MemberShorthands.GitHub, in spec: JSONObject, provider: String
  ) throws(Problem) -> String? {
    guard let github = spec[name]?.object,
      github["owner"]?.string?.lowercased() == workflows.owner.lowercased()
    else { return nil }
    let repository = github["repositories"]?.array?.first {
      $0["name"]?.string?.lowercased() == workflows.repository.lowercased()
    }
    guard let id = repository?["id"]?.string else {
      throw Problem(
        "`\(workflows.repository)` is not among the repositories of the provider `\(provider)`",
        help: "add `{name: \(workflows.repository), id: ...}` to its `github.repositories`")
    }
    switch workflows.part {
    case .all: return "attribute.repository_id/\(id)"
    case .ref(let ref): return "attribute.repository_ref/\(id)@\(ref)"
    case .environment(let name): return "attribute.repository_environment/\(id)#\(name)"
    }
  }
}

extension WorkloadIdentityPoolProviderKind: AbbreviatingKind, IdentityKind {
  func expanded(_ spec: JSONObject) -> JSONObject { GitHubBlock.expanded(spec) }

  /// `github:OWNER/REPOSITORY` and its narrower forms.
  func member(
    for shorthand: MemberShorthand, of address: Address, with spec: JSONObject
  ) throws(Problem) -> String? {
    guard shorthand.prefix == "github", let pool = address.parent else { return nil }
    let workflows = try MemberShorthands.GitHub(parsing: shorthand.value)
    return try GitHubBlock.rest(of: workflows, in: spec, provider: address.id)
      .map { PoolMembers.member($0, isSingle: false, of: pool) }
  }

  /// A live provider has no block: it does not show the names that go with its numbers.
  func shorthand(of member: String, at address: Address, number: String?, in project: String)
    -> String?
  { nil }
}
