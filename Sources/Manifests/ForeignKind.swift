import Model

/// The meaning of a kind that other tools have and arctl does not: `PythonRepository`, `google_service_account_key`,
/// `IAMPolicyMember`, `Group`.
enum ForeignKind {
  /// A kind of documents.
  case kind(any Kind)
  /// The setting of a project: a service.
  case setting
  /// Something that is only a member of policies: `group` or `user`.
  case member(String)

  /// Nil for a word that is none of these.
  init?(_ name: some StringProtocol, _ kinds: KindSet) {
    let word = Self.folded(name)
    guard word.count >= 3 else { return nil }
    if let member = Self.members[word] {
      self = .member(member)
    } else if Self.settings.contains(word) || Self.ends(word, with: ["projectservice"]) {
      self = .setting
    } else if let kind = Self.ending(word, kinds) ?? Self.grants(word, kinds)
      ?? Self.beginning(word, kinds)
    {
      self = .kind(kind)
    } else {
      return nil
    }
  }

  /// What to write, for the place of the word.
  func advice(_ kinds: KindSet) -> String {
    switch self {
    case .kind(let kind) where kind.part == .grants:
      "write `\(kind.name)`, or `iam` in the document of the resource"
    case .kind(let kind): "write `\(kind.name)`"
    case .setting:
      "a service is an entry of `services` in a \(kinds.root.resource?.name ?? "project")"
    case .member(let word): "a \(word) is not a document: name it in `members`, as `\(word):EMAIL`"
    }
  }

  private static let members = ["group": "group", "googlegroup": "group", "user": "user"]
  private static let settings: Set = ["service", "services", "api", "apis", "enabledapi"]
  private static let stacks: Set = ["config", "configuration", "settings", "defaults", "arctl"]
  private static let accesses = [
    "member", "members", "policy", "binding", "bindings", "grant", "grants", "permission",
    "permissions", "access",
  ]
  /// Short words for a kind, by its folded name.
  private static let shortWords = [
    "registry": "repository", "credential": "serviceaccountkey", "keypair": "serviceaccountkey",
  ]

  /// The kind with the longest name that ends the word: `iamserviceaccount` ends with `serviceaccount`.
  private static func ending(_ word: String, _ kinds: KindSet) -> (any Kind)? {
    let word = shortWords.first { word.hasSuffix($0.key) }?.value ?? word
    return kinds.documents.filter { word.hasSuffix(folded($0.name)) }
      .max { $0.name.count < $1.name.count }
  }

  /// Members of a policy: `Grant`, `IAMPolicyMember`, `google_project_iam_member`, `RoleBinding`.
  private static func grants(_ word: String, _ kinds: KindSet) -> (any Kind)? {
    let isAccess =
      accesses.contains(word)
      || ends(word, with: accesses) && (word.contains("iam") || word.contains("role"))
    return isAccess ? kinds.documents.first { $0.part == .grants } : nil
  }

  /// The only kind that has the word at the end of its name: `key`; or the Stack, for a word that means settings.
  private static func beginning(_ word: String, _ kinds: KindSet) -> (any Kind)? {
    if stacks.contains(word) { return kinds.documents.first { $0.part == .settings } }
    let found = kinds.documents.filter { folded($0.name).hasSuffix(word) }
    return found.count == 1 ? found.first : nil
  }

  private static func ends(_ word: String, with endings: [String]) -> Bool {
    endings.contains { word.hasSuffix($0) }
  }

  /// Letters and digits in lower case: `google_service_account` and `ServiceAccount` become comparable.
  private static func folded(_ name: some StringProtocol) -> String {
    String(name.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || $0.isDigit })
  }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
