/// Live keys of one declaration beside the one that is in use: what is left of a key that was replaced.
public struct SupersededKeys: Sendable, Hashable {
  /// The key that is in use; nil where its file is elsewhere, so that nothing here says which one it is.
  public var current: String?
  /// The other live keys, or, without `current`, all of them; in order.
  public var live: [String]
  /// The files that are kept of them here.
  public var files: [String]
  /// Since when the newest key lives, in Unix seconds; nil where the server does not say.
  public var since: Int64?
  /// The account's e-mail.
  public var email: String

  /// Sorts the keys and files; no file is kept here unless some are given.
  public init(
    current: String?, live: [String], files: [String] = [], since: Int64?, email: String
  ) {
    self.current = current
    self.live = live.sorted()
    self.files = files.sorted()
    self.since = since
    self.email = email
  }

  /// What to do about them.
  public var remedy: String {
    guard current != nil else {
      return "find out which one is in use, then revoke the other: "
        + LiveKey.revocation(of: "KEY_ID", email)
    }
    let commands = live.map { LiveKey.revocation(of: $0, email) }
    return "distribute the new file; once nothing uses the old key, revoke it: "
      + commands.joined(separator: "; ")
  }
}
