public import Diagnostics

/// The undeclared things that a person accepts for a time.
public struct Baseline: Sendable, Hashable {
  /// Each thing once, in the order of the file.
  public var entries: [Entry]

  /// Accepts the things of these entries; none by default.
  public init(_ entries: [Entry] = []) { self.entries = entries }

  /// An undeclared thing: a resource, or one grant of a policy.
  public struct Thing: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The address of the resource or of the policy.
    public var address: Address
    /// The grant of the policy; nil for a resource.
    public var grant: Grant?

    /// A resource, or a grant of the policy at this address.
    public init(_ address: Address, _ grant: Grant? = nil) {
      self.address = address
      self.grant = grant
    }

    /// `P/iam/repository/us/r role=roles/viewer member=user:a@example.com condition=TITLE`, as `--accept` takes it.
    public var description: String {
      guard let grant else { return address.description }
      return GrantPattern(
        policies: AddressGlob(address.description), role: grant.role, member: grant.member,
        condition: grant.condition?.title
      ).description
    }

    public static func < (left: Thing, right: Thing) -> Bool {
      guard left.address == right.address else { return left.address < right.address }
      switch (left.grant, right.grant) {
      case (nil, nil), (_, nil): return false
      case (nil, _): return true
      case (let one?, let two?): return one < two
      }
    }
  }

  /// One accepted thing.
  public struct Entry: Sendable, Hashable {
    /// What is accepted: exactly this.
    public var thing: Thing
    /// Why, for the next reader.
    public var reason: String
    /// The day or the instant at which it is no longer accepted, as it is written.
    public var expires: String
    /// The same in Unix seconds.
    public var end: Int64
    /// Where the entry is; nil for one that was not read from a file.
    public var source: SourcePosition?

    /// Accepts a thing before `end`; `expires` is the same time as people write it.
    public init(
      _ thing: Thing, reason: String, expires: String, end: Int64, source: SourcePosition? = nil
    ) {
      self.thing = thing
      self.reason = reason
      self.expires = expires
      self.end = end
      self.source = source
    }
  }

  /// What became of the entries in one plan. Each is in one of the three lists, in the order of the file.
  public struct Outcome: Sendable, Hashable {
    /// Entries whose thing is there, and no longer reported as undeclared.
    public var accepted: [Entry] = []
    /// Entries whose thing is there, and whose time is over: it is reported.
    public var expired: [Entry] = []
    /// Entries whose thing the run did not find.
    public var unmatched: [Entry] = []
    /// The outcome of a baseline without entries.
    public init() {}
  }
}

extension UndeclaredMember {
  /// The grant, as a baseline names it.
  public var thing: Baseline.Thing { Baseline.Thing(policy, grant) }
}

extension Plan {
  /// Everything that a baseline can accept, and that is not accepted: resources, and grants but those that Google made.
  public var undeclaredThings: [Baseline.Thing] {
    undeclared.map { Baseline.Thing($0) }
      + undeclaredMembers.filter { $0.standing != .google }.map(\.thing)
  }
}
