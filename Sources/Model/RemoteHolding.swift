/// What a store of secrets shows of the key that it holds. It never shows the private half.
public struct RemoteHolding: Sendable, Hashable {
  /// How much is known about the value that whoever reads the secret gets.
  public enum State: Sendable, Hashable {
    /// There is no such secret, and arctl does not create it here; the reason.
    case missing(String)
    /// The store cannot be looked at by this run, which lacks a credential for it: the reason, and a remedy.
    case unavailable(String, remedy: String)
    /// It holds no value.
    case empty
    /// It holds a value that arctl did not write for this declaration; the reason.
    case foreign(String)
    /// arctl wrote to it, and what it holds now is not known; the reason.
    case unverified(String)
    /// An interrupted run wrote this key and did not complete its note.
    case begun(keyID: String)
    /// It holds this key, written at this time in Unix seconds.
    case verified(keyID: String, since: Int64)
  }

  /// A note that a run leaves beside the secret before it makes a key: it keeps other runs away for a while, and says
  /// later which key may have lost its private half.
  public struct Claim: Sendable, Hashable {
    /// Distinguishes runs.
    public var nonce: String
    /// Unix seconds on the server's clock.
    public var time: Int64
    /// The ids of the account's keys before.
    public var keyIDs: [String]
    /// The id of the new key, once there is one.
    public var keyID: String?
    /// Whether its private half is about to be written, or was: before that, a value in the store is not this run's.
    public var isSent = false

    /// A claim before there is a key.
    public init(nonce: String, time: Int64, keyIDs: [String], keyID: String? = nil) {
      self.nonce = nonce
      self.time = time
      self.keyIDs = keyIDs
      self.keyID = keyID
    }

    /// How long other runs wait for the run that made it, in seconds.
    public static let lease: Int64 = 300
    /// After how many seconds that run itself writes nothing more under it.
    public static let working: Int64 = 180

    /// For how many more seconds other runs wait; 0 once they need not. A time in the future counts as past: a wrong
    /// clock must not block the key.
    public func secondsLeft(at now: Int64) -> Int64 {
      time > now + Self.lease ? 0 : max(0, Self.lease - max(0, now - time))
    }
  }

  /// What is known about its value.
  public var state: State
  /// The ids of replaced keys whose private halves it still holds.
  public var kept: [String] = []
  /// The note of a run that is at work, or was interrupted; nil if there is none.
  public var claim: Claim?

  /// The ids of all keys whose private halves it shows itself to hold.
  public var keyIDs: [String] {
    switch state {
    case .verified(let id, _), .begun(let id): kept + [id]
    case .missing, .unavailable, .empty, .foreign, .unverified: kept
    }
  }

  /// By default without replaced keys and without a note.
  public init(_ state: State, kept: [String] = [], claim: Claim? = nil) {
    self.state = state
    self.kept = kept.sorted()
    self.claim = claim
  }
}
