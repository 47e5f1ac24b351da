import Diagnostics
public import Model

/// A role as a manifest writes it after `role:`, checked and sorted by its form.
///
///     try RoleName(parsing: "roles/artifactregistry.reader")   // .predefined
///     try RoleName(parsing: "publisher")                       // .reference
public enum RoleName: Sendable, Hashable {
  /// `roles/artifactregistry.reader`, the full text.
  case predefined(String)
  /// `projects/p/roles/r`: grantable inside that project only.
  case project(String, id: String)
  /// `organizations/1/roles/r`.
  case organization(String, id: String)
  /// `publisher`: the short name of a Role that the set declares.
  case reference(String)

  /// The basic roles, which do not accept a condition.
  public static let basic: Set<String> = ["roles/owner", "roles/editor", "roles/viewer"]

  /// The predefined roles of Artifact Registry (docs/google-apis.md#roles-of-artifact-registry). Only for suggestions:
  /// other roles may exist.
  public static let artifactRegistry = [
    "roles/artifactregistry.reader", "roles/artifactregistry.writer",
    "roles/artifactregistry.repoAdmin", "roles/artifactregistry.admin",
    "roles/artifactregistry.createOnPushWriter", "roles/artifactregistry.createOnPushRepoAdmin",
    "roles/artifactregistry.containerRegistryMigrationAdmin", "roles/artifactregistry.serviceAgent",
  ]

  /// Reads a role's name; throws the problem and a suggestion.
  public init(parsing text: String) throws(Problem) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    switch (parts.first, parts.count) {
    case ("roles", 2): self = try Self.predefined(text, parts[1])
    case ("projects", 4) where parts[2] == "roles":
      try Self.require(NameRules.projectIDOrNumber(parts[1]), of: "the project `\(parts[1])`")
      try Self.require(NameRules.roleID(parts[3]), of: "the role's id `\(parts[3])`")
      self = .project(parts[1], id: parts[3])
    case ("organizations", 4) where parts[2] == "roles":
      try Self.require(
        NameRules.projectNumber(parts[1]) == nil ? nil : "must be a number",
        of: "the organisation `\(parts[1])`")
      try Self.require(NameRules.roleID(parts[3]), of: "the role's id `\(parts[3])`")
      self = .organization(parts[1], id: parts[3])
    case (_, 1): self = try Self.shortName(text)
    default: throw Self.form(text)
    }
  }

  /// The name in policies; nil for a short name, which is not resolved yet.
  public var policyText: String? {
    switch self {
    case .predefined(let text): text
    case .project(let project, let id): "projects/\(project)/roles/\(id)"
    case .organization(let number, let id): "organizations/\(number)/roles/\(id)"
    case .reference: nil
    }
  }

  private static func predefined(_ text: String, _ id: String) throws(Problem) -> RoleName {
    guard !id.isEmpty,
      id.utf8.allSatisfy({ NameRules.isAlphanumeric($0) || ".-_".utf8.contains($0) })
    else { throw form(text) }
    let looksBasic = basic.contains(text.lowercased()) && !basic.contains(text)
    let candidates = looksBasic ? Array(basic) : artifactRegistry
    let isOurs = id.lowercased().hasPrefix("artifactregistry.") || looksBasic
    if isOurs, !candidates.contains(text), let near = nearest(to: text, in: candidates) {
      throw Problem("no role is called `\(text)`", help: "did you mean `\(near)`?")
    }
    return .predefined(text)
  }

  private static func shortName(_ text: String) throws(Problem) -> RoleName {
    let whole = "roles/\(text)"
    if basic.contains(whole) || artifactRegistry.contains(whole) {
      throw Problem("`\(text)` is a predefined role of Google", help: "write `\(whole)`")
    }
    if let problem = NameRules.roleID(text) {
      let word = text.split(separator: " ").last.map(String.init) ?? text
      throw problem.of("the role `\(text)`")
        .helped(ofGoogles(word).map { "did you mean `\($0)`?" })
    }
    return .reference(text)
  }

  /// Artifact Registry's role with this last part, in any case: `writer`.
  public static func ofGoogles(_ word: String) -> String? {
    artifactRegistry.first { $0.lowercased() == "roles/artifactregistry.\(word.lowercased())" }
  }

  /// The role whose last part differs from that of `text` by case or a few letters.
  private static func nearest(to text: String, in candidates: [String]) -> String? {
    func ending(_ role: String) -> String {
      role.split(separator: ".").last.map(String.init) ?? role
    }
    let known = candidates.map(ending)
    guard let near = closestMatch(to: ending(text), in: known) else { return nil }
    return candidates.first { ending($0) == near }
  }

  private static func require(_ problem: Problem?, of thing: String) throws(Problem) {
    if let problem { throw problem.of(thing) }
  }

  private static func form(_ text: String) -> Problem {
    let isMisspelt = text.hasPrefix("role/")
    return Problem(
      "`\(text)` is not a role",
      help: isMisspelt
        ? "write `roles/\(text.dropFirst("role/".count))`"
        : "write `roles/NAME`, `projects/P/roles/ID`, `organizations/N/roles/ID`, or a Role's name")
  }
}
