public import JSON

/// What was seen of the live cloud. Nothing in it can turn `unreadable` into `absent`.
public struct Snapshot: Sendable {
  /// Declared and referenced resources.
  public var resources: [Address: Observation<LiveResource>] = [:]
  /// Policies, by their own address; the whole document as the server sent it.
  public var policies: [Address: Observation<JSONValue>] = [:]
  /// The user-managed keys of each account that has declared keys, by the account's address.
  public var keys: [Address: Observation<[LiveKey]>] = [:]
  /// What stands at each declared key's destination, by the key's address.
  public var destinations: [Address: KeyDestination] = [:]
  /// Live resources that no manifest declares, those that the scope ignores included.
  public var undeclared: [LiveResource] = []
  /// Groups that could not be listed, in words for people: what a report of undeclared things therefore leaves out.
  public var notChecked: [String] = []
  /// Project numbers by id, where they were seen.
  public var projectNumbers: [String: String] = [:]

  public init() {}
}

/// What one read saw.
public enum Observation<Value: Sendable>: Sendable {
  case absent(Absence)
  case present(Value)
  /// It exists in a state from which it can be brought back (a soft-deleted role).
  case softDeleted(Value)
  case unreadable(ReadProblem)
}

/// How it is known that something is not there.
public enum Absence: Sendable, Hashable {
  /// The server said so, in a whole list or a 404.
  case confirmed
  /// What it stands in is not there yet and this plan makes it: a service to enable, a project to create.
  case notYetThere(because: Address)
  /// A project with a parent that answers 403, as Google does for an absent one too; creating it tells.
  case notVisible
}

/// Why something could not be read.
public struct ReadProblem: Sendable, Hashable {
  public enum Reason: Sendable, Hashable {
    case forbidden
    case serviceDisabled
    case unauthenticated
    case notReachable
    case other
  }
  public var reason: Reason
  /// One line for people: the call, the status, the missing permission.
  public var message: String
  /// What to do about it; may be empty.
  public var help: String
  public init(_ reason: Reason, _ message: String, help: String = "") {
    self.reason = reason
    self.message = message
    self.help = help
  }
}

/// One resource as the server returned it.
public struct LiveResource: Sendable, Hashable {
  public var address: Address
  public var value: JSONValue
  public init(address: Address, value: JSONValue) {
    self.address = address
    self.value = value
  }
}

/// One user-managed key of a service account.
public struct LiveKey: Sendable, Hashable {
  /// The last segment of its name.
  public var id: String
  public var isUploaded: Bool
  public var isDisabled: Bool
  /// Unix seconds; nil when the server named none.
  public var validAfter: Int64?
  /// Unix seconds; nil for a key without end.
  public var validBefore: Int64?
  /// SHA-256 of the public key (DER SubjectPublicKeyInfo), in hex, and the certificate's common name: where they were
  /// read (uploaded keys whose file is not here, and keys whose file is).
  public var fingerprint: String?
  public var commonName: String?

  public init(
    id: String, isUploaded: Bool, isDisabled: Bool, validAfter: Int64?, validBefore: Int64?,
    fingerprint: String? = nil, commonName: String? = nil
  ) {
    self.id = id
    self.isUploaded = isUploaded
    self.isDisabled = isDisabled
    self.validAfter = validAfter
    self.validBefore = validBefore
    self.fingerprint = fingerprint
    self.commonName = commonName
  }
}

/// What stands at the destination of a key.
public struct KeyDestination: Sendable, Hashable {
  /// A finished credential file.
  public struct File: Sendable, Hashable {
    public var keyID: String
    public var email: String
    /// SHA-256 of the public key, in hex.
    public var fingerprint: String
    public init(keyID: String, email: String, fingerprint: String) {
      self.keyID = keyID
      self.email = email
      self.fingerprint = fingerprint
    }
  }
  public enum State: Sendable, Hashable {
    case empty
    case file(File)
    /// A file that is none of ours, or cannot be read, or a folder that no key goes into: why, and what to do about it
    /// where that is not to take the file away.
    case unusable(String, remedy: String? = nil)
    /// This destination may not be used here (a runner without `--key-dir`); why.
    case refused(String)
  }
  public var state: State
  /// A private half that an interrupted run left, by the fingerprint of its public key in hex; nil when there is none.
  public var pendingFingerprint: String?
  /// An intent that an interrupted run left for a key that Google makes: the ids that the account had before.
  public var intentKeyIDs: [String]?
  /// Whether an interrupted run left files of its own beside a finished credential file.
  public var hasLeftovers = false
  /// The permission bits of a finished credential file that others than its owner can get at; nil where only its owner
  /// can.
  public var openRights: UInt32?
  /// Where it is, for people.
  public var path: String

  public init(
    state: State, pendingFingerprint: String? = nil, intentKeyIDs: [String]? = nil, path: String
  ) {
    self.state = state
    self.pendingFingerprint = pendingFingerprint
    self.intentKeyIDs = intentKeyIDs
    self.path = path
  }
}
