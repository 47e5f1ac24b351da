/// What arctl found at the destination of a key.
public struct KeyDestination: Sendable, Hashable {
  /// A finished credential file.
  public struct File: Sendable, Hashable {
    /// Google's id of the key, from the file's `private_key_id`.
    public var keyID: String
    /// The account that the file names as its own.
    public var email: String
    /// SHA-256 of the public key, in hex.
    public var fingerprint: String
    /// Why it is not a file of the declared key's account: `holds a key of x@y`; nil if it is.
    public var stranger: String?
    /// Why it looks like a key file of another server; nil if it does not, or if this run's server knows the key.
    public var otherServer: String?
    /// By default a file of the declared key's account, on this run's server.
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

    /// Whether it is a key file of this account, on this run's server.
    public func belongs(to email: String) -> Bool {
      stranger == nil && otherServer == nil && self.email == email
    }
  }

  /// The file of a replaced key, kept beside the new file.
  public struct Replaced: Sendable, Hashable {
    /// What the kept file holds.
    public var file: File
    /// The path of the kept file, as messages print it.
    public var path: String
    /// Pairs a kept file with its path.
    public init(file: File, path: String) {
      self.file = file
      self.path = path
    }
  }

  /// A note that an interrupted run left just before it requested a key: Google may have created one whose private half
  /// is lost, and a list of keys may show it late.
  public struct Intent: Sendable, Hashable {
    /// The ids of the keys before the request.
    public var keyIDs: [String]
    /// The time of the request, in Unix seconds.
    public var time: Int64
    /// The file that holds this note, as messages print it.
    public var path: String
    /// Takes the ids of the keys before the request, its time in Unix seconds, and the path of the file with this note.
    public init(keyIDs: [String], time: Int64, path: String) {
      self.keyIDs = keyIDs
      self.time = time
      self.path = path
    }

    /// How many more seconds the key may still appear; 0 if the wait is over. A clock that was set back cannot make the
    /// wait longer than it was at the start.
    public func secondsLeft(at now: Int64) -> Int64 {
      max(0, KeyDestination.patience - max(0, now - time))
    }
  }

  /// What is at the path, and whether arctl may write a key there.
  public enum State: Sendable, Hashable {
    case empty
    case file(File)
    /// A file that is not ours or cannot be read, or a folder that cannot hold a key: the reason, and a remedy other
    /// than to move the file away.
    case unusable(String, remedy: String? = nil)
    /// This destination may not be used here (a runner without `--key-dir`); the reason.
    case refused(String)
  }
  /// Decides whether a key can be created, replaced or found here.
  public var state: State
  /// A private half that an interrupted run left, by the fingerprint of its public key in hex; nil if there is none.
  public var pendingFingerprint: String?
  /// The complete file of that key, which only lacks its final name; nil if there is only a private half.
  public var unnamed: File?
  /// The time of that file, in Unix seconds by the clock of this machine, or of the server (`datedByServer`).
  public var pendingTime: Int64?
  /// The kept files of replaced keys, by their names.
  public var replaced: [Replaced] = []
  /// Nil unless an interrupted run had requested a key from Google.
  public var intent: Intent?
  /// Whether an interrupted run left temporary files, with or without a finished credential file.
  public var hasLeftovers = false
  /// Whether another run is writing in this key directory now.
  public var isBusy = false
  /// The permission bits of a finished credential file that other users can access; nil if only its owner can.
  public var openRights: UInt32?
  /// The path, as messages print it.
  public var path: String

  /// How many seconds the server's answers may lack a new key. Source: docs/google-apis.md#eventual-consistency.
  public static let patience: Int64 = 60

  /// By default without replaced files, leftovers or another run at work, and with safe permission bits.
  public init(
    state: State, pendingFingerprint: String? = nil, intent: Intent? = nil, path: String
  ) {
    self.state = state
    self.pendingFingerprint = pendingFingerprint
    self.intent = intent
    self.path = path
  }

  /// The finished file; nil if there is none.
  package var file: File? {
    if case .file(let file) = state { file } else { nil }
  }

  /// Whether the finished file holds the key of the interrupted request.
  public var intentIsAnswered: Bool {
    guard let intent, let file else { return false }
    return !intent.keyIDs.contains(file.keyID)
  }

  /// The same, with the times of files by the clock of a server that is so many seconds ahead of this machine's: the
  /// time since a file was written is the same by both.
  public func datedByServer(ahead: Int64) -> KeyDestination {
    var dated = self
    dated.pendingTime = pendingTime.map { $0.addingReportingOverflow(ahead).partialValue }
    if let time = intent?.time {
      dated.intent?.time = time.addingReportingOverflow(ahead).partialValue
    }
    return dated
  }

  /// How many more seconds the key of an interrupted run may still appear.
  public func secondsLeft(at now: Int64) -> Int64 {
    guard let intent, !intentIsAnswered else { return 0 }
    return intent.secondsLeft(at: now)
  }
}
