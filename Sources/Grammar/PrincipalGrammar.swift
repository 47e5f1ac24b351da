import Model

/// The grammar of `principal://` and `principalSet://` members (docs/google-apis.md#members-of-policies).
///
/// Google adds forms for new products, so an unknown form is no error: Google decides, and the manifest gets a warning.
/// Errors are what no form can be: a part that is missing, or one that belongs to the other prefix.
enum PrincipalGrammar {
  /// A checked member.
  struct Reading: Hashable {
    /// The project that the member names by its id; nil if it names one by number, or none.
    var project: String?
    /// A warning about a form that arctl does not know.
    var remark: Problem?
  }

  private static let host = "//iam.googleapis.com/"

  /// The parts of a pool's identities, with one value each unless the part is `*`.
  private static let ofSets: Set<Substring> = ["group", "namespace", "kubernetes.cluster", "*"]
  private static let ofSingles: Set<Substring> = ["subject", "kubernetes.serviceaccount.uid"]

  /// Takes the text after `principal:`; throws the problem with it.
  static func read(_ value: String, isSet: Bool) throws(Problem) -> Reading {
    let prefix = isSet ? "principalSet" : "principal"
    guard value.hasPrefix("//") else {
      throw Problem(
        "`\(prefix):` must be followed by `//`",
        help: "write `\(prefix)://iam.googleapis.com/projects/PROJECT/locations/global/...`")
    }
    let parts = value.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 2, parts.contains(where: { !$0.isEmpty }), !parts[1].isEmpty else {
      throw Problem("`\(prefix):\(value)` has no path after its host")
    }
    var reading = Reading(project: try project(in: parts))
    // The server checks the forms of other hosts.
    guard value.hasPrefix(host) else {
      let isGoogles = [".googleapis.com", ".id.goog"].contains { parts[0].hasSuffix($0) }
      if !isGoogles { reading.remark = unknown("\(prefix):\(value)") }
      return reading
    }
    guard let rest = try subject(in: parts.dropFirst()) else {
      reading.remark = unknown("\(prefix):\(value)")
      return reading
    }
    if try !isKnown(rest, isSet: isSet) { reading.remark = unknown("\(prefix):\(value)") }
    return reading
  }

  /// The id of the project at the start of the path; nil for a number.
  private static func project(in parts: [Substring]) throws(Problem) -> String? {
    guard parts.count > 2, parts[1] == "projects" else { return nil }
    let name = String(parts[2])
    if NameRules.projectNumber(name) == nil { return nil }
    if let problem = NameRules.projectID(name) { throw problem.of("the project `\(name)`") }
    return name
  }

  /// The parts after the pool; nil if the path does not name a pool.
  private static func subject(
    in parts: ArraySlice<Substring>
  ) throws(Problem) -> ArraySlice<Substring>? {
    let isWorkforce = parts.starts(with: ["locations", "global", "workforcePools"])
    let isWorkload =
      parts.first == "projects"
      && parts.dropFirst(2).starts(with: ["locations", "global", "workloadIdentityPools"])
    guard isWorkforce || isWorkload else { return nil }
    let rest = parts.dropFirst(isWorkforce ? 3 : 5)
    guard rest.count > 1, rest.first?.isEmpty == false else {
      throw isWorkforce ? workforceForm : workloadForm
    }
    return rest.dropFirst()
  }

  /// Whether arctl knows what follows the pool; throws if nothing can follow it in this form.
  private static func isKnown(
    _ parts: ArraySlice<Substring>, isSet: Bool
  ) throws(Problem) -> Bool {
    let kind = parts.first ?? ""
    let isAttribute = kind.hasPrefix("attribute.")
    let hasValue = kind == "*" ? parts.count == 1 : parts.dropFirst().contains { !$0.isEmpty }
    let isOfSets = ofSets.contains(kind) || isAttribute
    if isSet {
      guard kind != "subject" else { throw setForm("write `principal://`") }
      guard isOfSets else { return false }
      guard hasValue, !isAttribute || kind.utf8.count > "attribute.".utf8.count else {
        throw setForm(nil)
      }
      return true
    }
    guard !isOfSets else { throw singleForm("write `principalSet://`") }
    guard ofSingles.contains(kind) else { return false }
    guard hasValue else { throw singleForm(nil) }
    return true
  }

  private static func unknown(_ member: String) -> Problem {
    Problem(
      FieldPath(), "arctl does not know the form of `\(member)`; Google decides",
      isWarning: true,
      help:
        "a pool's identities are `subject/SUBJECT`, or of a set `group/GROUP`, `attribute.NAME/VALUE` or `*`"
    )
  }
  private static func setForm(_ help: String?) -> Problem {
    Problem(
      "a `principalSet://` ends with `group/GROUP`, `attribute.NAME/VALUE` or `*`", help: help)
  }
  private static func singleForm(_ help: String?) -> Problem {
    Problem("a `principal://` ends with `subject/SUBJECT`", help: help)
  }
  private static let workloadForm = Problem(
    "the pool must be `projects/PROJECT/locations/global/workloadIdentityPools/POOL/...`")
  private static let workforceForm = Problem(
    "the pool must be `locations/global/workforcePools/POOL/...`")
}
