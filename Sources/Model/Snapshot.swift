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

  /// A snapshot in which nothing was read.
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

  /// The service without which nothing could be read, where this plan enables one: what is there already is not known.
  public var unreadWithout: Address? {
    guard case .notYetThere(let cause) = self else { return nil }
    // What is in another resource, or belongs to it, is not there before it is.
    return cause.resource?.place.isSetting == true ? cause : nil
  }
}

/// Why something could not be read.
public struct ReadProblem: Sendable, Hashable {
  /// The sort of failure; `notReachable` covers timeouts and TLS errors.
  public enum Reason: Sendable, Hashable {
    case forbidden
    case serviceDisabled
    case unauthenticated
    case notReachable
    case other
  }
  /// What a run that could read nothing chooses its diagnostic by.
  public var reason: Reason
  /// One line for people: the call, the status, the missing permission.
  public var message: String
  /// What to do about it; may be empty.
  public var help: String
  /// Takes one line for people, and no help unless it is given.
  public init(_ reason: Reason, _ message: String, help: String = "") {
    self.reason = reason
    self.message = message
    self.help = help
  }
}

/// One resource as the server returned it.
public struct LiveResource: Sendable, Hashable {
  /// What the resource is known by here.
  public var address: Address
  /// The whole answer of the server, in wire form.
  public var value: JSONValue
  /// Pairs a resource's address with the server's answer.
  public init(address: Address, value: JSONValue) {
    self.address = address
    self.value = value
  }
}

/// One user-managed key of a service account.
public struct LiveKey: Sendable, Hashable {
  /// The last segment of its name.
  public var id: String
  /// Whether the public half was uploaded; else Google made the pair.
  public var isUploaded: Bool
  /// Whether Google refuses requests that are signed with it, until it is enabled.
  public var isDisabled: Bool
  /// Unix seconds; nil when the server named none.
  public var validAfter: Int64?
  /// Unix seconds; nil for a key without end.
  public var validBefore: Int64?
  /// SHA-256 of the public key (DER SubjectPublicKeyInfo), in hex, and the certificate's common name: where they were
  /// read (uploaded keys whose file is not here, and keys whose file is).
  public var fingerprint: String?
  /// The certificate subject's common name: `arctl-` and 32 hex digits for a key that arctl uploaded. Nil where it was not
  /// read.
  public var commonName: String?
  /// For a key whose file is here, that is new, and that the server does not show (yet, or any more): for how many
  /// seconds that means nothing. Nil for every other key.
  public var unseenFor: Int64?

  /// A key whose certificate was not read, unless its parts are given.
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

  /// The command that revokes a key by hand.
  package static func revocation(of id: String, _ email: String) -> String {
    "gcloud iam service-accounts keys delete \(id) --iam-account=\(email)"
  }
}
