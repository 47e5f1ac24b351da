public import Model

/// The parts of a reference to a service account.
///
///     AccountName("uploader", in: "p")                              // p, uploader, short
///     AccountName("uploader@q", in: "p")                            // q, uploader, short
///     AccountName("uploader@q.iam.gserviceaccount.com", in: "p")    // q, uploader, full
public struct AccountName: Hashable, Sendable {
  /// The id of the account's project; that of the document if the text names none.
  public let project: String
  /// The part of the account's e-mail before `@`: `uploader`.
  public let id: String
  /// Whether the text is a full e-mail, whose account may be undeclared.
  public let isFull: Bool

  /// Nil for an e-mail of another form: Google's own accounts.
  public init?(_ text: String, in project: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1: (self.project, id, isFull) = (project, text, false)
    case 2:
      if let email = AccountEmail(parsing: text) {
        (self.project, id, isFull) = (email.project, email.id, true)
      } else if NameRules.projectID(parts[1]) == nil {
        (self.project, id, isFull) = (parts[1], parts[0], false)
      } else {
        return nil
      }
    default: return nil
    }
    guard NameRules.existingAccountID(id) == nil else { return nil }
  }

  /// The account at an address.
  public init(_ address: Address) { (project, id, isFull) = (address.project, address.id, true) }

  /// The account's e-mail, in lower case.
  public var email: String { AccountEmail(id: id, project: project).description.lowercased() }
}
