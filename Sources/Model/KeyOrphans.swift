/// Keys that an interrupted run may have left without a private half, described for a message.
public struct KeyOrphans: Sendable, Hashable {
  private let ids: [String]
  private let email: String
  private let intent: String

  /// - Parameter intent: the file with the note of the interrupted run.
  public init(ids: [String], email: String, intent: String) {
    self.ids = ids.sorted()
    self.email = email
    self.intent = intent
  }

  /// `key K of E, whose private half is lost`.
  public var subject: String {
    ids.count == 1
      ? "key \(ids[0]) of \(email), whose private half is lost"
      : "one of the keys \(ids.joined(separator: ", ")) of \(email), whose private half is lost"
  }

  /// What to do about each.
  public var remedy: String {
    let commands = ids.map { LiveKey.revocation(of: $0, email) }
    return
      "if no other person or program created it, revoke it: \(commands.joined(separator: "; ")); "
      + "if it is in use elsewhere, remove \(intent) instead; then apply again"
  }
}
