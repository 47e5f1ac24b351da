/// A service account that Google made, which a manifest can only refer to: a default account or a service agent.
///
///     GoogleAccount("123-compute@developer.gserviceaccount.com", in: "p")   // p
///     GoogleAccount("q@appspot.gserviceaccount.com", in: "p")               // q
///
/// Its id in addresses is its whole e-mail, because the part before `@` says nothing without the host. An account that
/// users made, with an id that Google accepts no more, keeps its id.
public struct GoogleAccount: Hashable, Sendable {
  /// The project that has the account: the one in the e-mail, or that of the document.
  public let project: String
  /// The e-mail in lower case, or an old id.
  public let id: String

  /// Nil for e-mails at other hosts, and for accounts that users can make.
  public init?(_ text: String, in project: String) {
    let email = text.lowercased()
    guard AccountEmail(parsing: email) == nil, AccountEmail.problem(withEmail: email) == nil,
      email.hasSuffix(".gserviceaccount.com"),
      let at = email.firstIndex(of: "@"), email[..<at].utf8.allSatisfy(Self.isPlain)
    else { return nil }
    // The host of an account that users made names its project.
    if let own = AccountEmail(parsing: "placeholder" + email[at...]) {
      (self.project, id) = (own.project, String(email[..<at]))
      return
    }
    let owner = email.hasSuffix(Self.appEngine) ? String(email.dropLast(Self.appEngine.count)) : ""
    self.project = NameRules.projectID(owner) == nil ? owner : project
    id = email
  }

  /// What Google's own ids consist of: nothing that means something in an address or a glob.
  private static func isPlain(_ byte: UInt8) -> Bool {
    NameRules.isDigit(byte) || NameRules.isLower(byte) || ".-:".utf8.contains(byte)
  }

  /// The default account of App Engine has its project's id before this.
  private static let appEngine = "@appspot.gserviceaccount.com"
}
