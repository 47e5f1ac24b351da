/// Keys of one declaration besides the one in use: the remains of a replaced key.
public struct SupersededKeys: Sendable, Hashable {
  /// The key in use; nil if its file is on another machine, so that this run cannot know which one it is.
  public var current: String?
  /// The other live keys, or, without `current`, all of them; in order.
  public var live: [String]
  /// The kept files of these keys on this machine.
  public var files: [String]
  /// Those that are disabled or have expired, and still exist; in order.
  public var disabled: [String] = []
  /// From when a run disables the enabled ones, in Unix seconds; nil if the server does not say how old the keys are.
  public var disableOn: Int64?
  /// From when a run deletes the disabled ones, in Unix seconds; nil as `disableOn`.
  public var deleteOn: Int64?
  /// Since when the newest key is valid, in Unix seconds; nil if the server does not say.
  public var since: Int64?
  /// The account's e-mail.
  public var email: String

  /// Sorts the keys and files; by default without kept files.
  public init(
    current: String?, live: [String], files: [String] = [], since: Int64?, email: String
  ) {
    self.current = current
    self.live = live.sorted()
    self.files = files.sorted()
    self.since = since
    self.email = email
  }

  /// How to handle them.
  public var remedy: String {
    guard current != nil else {
      return "find out which one is in use, then revoke the other: "
        + LiveKey.revocation(of: "KEY_ID", email)
    }
    guard disableOn == nil else {
      return live.isEmpty
        ? "nothing is to be done: an apply from that day on deletes it"
        : "give the new key to whoever uses the old one until then; an apply from that day on disables it"
    }
    let commands = (live + disabled).map { LiveKey.revocation(of: $0, email) }
    return "distribute the new file; once nothing uses the old key, revoke it: "
      + commands.joined(separator: "; ")
  }
}
