/// What stands at the destination of a key.
public struct KeyDestination: Sendable, Hashable {
  /// A finished credential file.
  public struct File: Sendable, Hashable {
    /// Google's id of the key, from the file's `private_key_id`.
    public var keyID: String
    /// The account that the file names as its own.
    public var email: String
    /// SHA-256 of the public key, in hex.
    public var fingerprint: String
    /// Why it is not a file of the declared key's account: `holds a key of x@y`. Nil for one that is.
    public var stranger: String?
    /// Why it looks like the file of a key of another server than this run's; nil where it does not, or where the
    /// server was seen to know the key.
    public var otherServer: String?
    /// A file of the declared key's account, on this run's server, unless said otherwise.
    public init(
      keyID: String, email: String, fingerprint: String, stranger: String? = nil,
      otherServer: String? = nil
    ) {
      self.keyID = keyID
      self.email = email
      self.fingerprint = fingerprint
      self.stranger = stranger
      self.otherServer = otherServer
    }

    /// Whether it is the file of a key of this account, on the server of this run.
    public func belongs(to email: String) -> Bool {
      stranger == nil && otherServer == nil && self.email == email
    }
  }

  /// The file of a key that another one has replaced, kept beside the new file.
  public struct Replaced: Sendable, Hashable {
    /// What the kept file holds.
    public var file: File
    /// Where the kept file is, for people.
    public var path: String
    /// Pairs a kept file with its path.
    public init(file: File, path: String) {
      self.file = file
      self.path = path
    }
  }

  /// What was known just before Google was asked for a key, left by an interrupted run: Google may have made one whose
  /// private half is lost, and a list of keys may be slow to show it.
  public struct Intent: Sendable, Hashable {
    /// The ids of the keys that there were before.
    public var keyIDs: [String]
    /// When Google was asked, in Unix seconds.
    public var time: Int64
    /// The file that says so, for people.
    public var path: String
    /// Takes the ids of the keys before the request, its time in Unix seconds, and the path of the file that says so.
    public init(keyIDs: [String], time: Int64, path: String) {
      self.keyIDs = keyIDs
      self.time = time
      self.path = path
    }

    /// How long the key may still come to light, in seconds; 0 when nothing is to be waited for any more. A clock that was
    /// set back makes it no longer than it is from the start.
    public func secondsLeft(at now: Int64) -> Int64 {
      max(0, KeyDestination.patience - max(0, now - time))
    }
  }

  /// What is at the path, and whether a key may be written there.
  public enum State: Sendable, Hashable {
    case empty
    case file(File)
    /// A file that is none of ours, or cannot be read, or a folder that no key goes into: why, and what to do about it
    /// where that is not to take the file away.
    case unusable(String, remedy: String? = nil)
    /// This destination may not be used here (a runner without `--key-dir`); why.
    case refused(String)
  }
  /// Decides whether a key can be issued, replaced or found here.
  public var state: State
  /// A private half that an interrupted run left, by the fingerprint of its public key in hex; nil when there is none.
  public var pendingFingerprint: String?
  /// The finished file of it that lacks only its name; nil where there is only a private half.
  public var unnamed: File?
  /// When that was written, in Unix seconds.
  public var pendingTime: Int64?
  /// The files that are kept of keys that were replaced, by their names.
  public var replaced: [Replaced] = []
  /// Nil where no run was cut off while Google made a key.
  public var intent: Intent?
  /// Whether an interrupted run left files of its own, beside a finished credential file or without one.
  public var hasLeftovers = false
  /// Whether another run is writing in this key directory just now.
  public var isBusy = false
  /// The permission bits of a finished credential file that others than its owner can get at; nil where only its owner
  /// can.
  public var openRights: UInt32?
  /// Where it is, for people.
  public var path: String

  /// How long a new key may be missing in the server's answers, in seconds. Source:
  /// docs/google-apis.md#eventual-consistency.
  public static let patience: Int64 = 60

  /// Without replaced files, leftovers or another run at work, and with safe permission bits, unless set afterwards.
  public init(
    state: State, pendingFingerprint: String? = nil, intent: Intent? = nil, path: String
  ) {
    self.state = state
    self.pendingFingerprint = pendingFingerprint
    self.intent = intent
    self.path = path
  }

  /// The finished file, where there is one.
  package var file: File? {
    if case .file(let file) = state { file } else { nil }
  }

  /// Whether the finished file holds the key that the intent is about.
  public var intentIsAnswered: Bool {
    guard let intent, let file else { return false }
    return !intent.keyIDs.contains(file.keyID)
  }

  /// For how many seconds a key may still come to light that an interrupted run made.
  public func secondsLeft(at now: Int64) -> Int64 {
    guard let intent, !intentIsAnswered else { return 0 }
    return intent.secondsLeft(at: now)
  }
}
