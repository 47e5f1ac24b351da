import Model
import Registry

/// What a manifest says of a service account, taken apart.
///
///     AccountName("uploader", in: "p")                              // p, uploader, short
///     AccountName("uploader@q", in: "p")                            // q, uploader, short
///     AccountName("uploader@q.iam.gserviceaccount.com", in: "p")    // q, uploader, full
struct AccountName: Hashable {
  var project: String
  var id: String
  /// Whether it was a full e-mail, which may be of an account that no manifest declares.
  var isFull: Bool

  private static let domain = ".iam.gserviceaccount.com"

  /// Nil for an e-mail of another form: Google's own accounts.
  init?(_ text: String, in project: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1:
      (self.project, id, isFull) = (project, text, false)
    case 2:
      let host = parts[1].lowercased()
      if host.hasSuffix(Self.domain) {
        let owner = String(host.dropLast(Self.domain.count))
        (self.project, id, isFull) = (Self.project(of: owner), parts[0].lowercased(), true)
        if owner.hasPrefix("gcp-sa-") || NameRules.projectID(self.project) != nil { return nil }
      } else if NameRules.projectID(parts[1]) == nil {
        (self.project, id, isFull) = (parts[1], parts[0], false)
      } else {
        return nil
      }
    default: return nil
    }
    guard NameRules.accountID(id) == nil else { return nil }
  }

  init(_ address: Address) {
    (project, id, isFull) = (address.project, address.id, true)
  }

  var address: Address { Address(project: project, .serviceAccount, id) }

  /// The account's e-mail. A project `example.com:id` gives `id.example.com` [GK].
  var email: String {
    let parts = project.split(separator: ":")
    let owner = parts.count == 2 ? "\(parts[1]).\(parts[0])" : project
    return "\(id)@\(owner)\(Self.domain)".lowercased()
  }

  private static func project(of owner: String) -> String {
    guard let dot = owner.firstIndex(of: ".") else { return owner }
    return "\(owner[owner.index(after: dot)...]):\(owner[..<dot])"
  }
}
