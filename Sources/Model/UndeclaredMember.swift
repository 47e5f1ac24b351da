public import Diagnostics

/// A member that holds a role in a policy although no manifest grants it.
public struct UndeclaredMember: Sendable, Hashable {
  /// The address of the policy.
  public var policy: Address
  /// The role's name as policies have it: `roles/artifactregistry.reader`.
  public var role: String
  /// The condition of the grant; nil if it always holds.
  public var condition: PolicyCondition?
  /// In normal form.
  public var member: String
  /// How dangerous the grant is.
  public var standing: Standing
  /// The place in a manifest that declares others of this role and condition, or the policy; nil if there is none.
  public var source: SourcePosition?

  /// Describes one grant that no manifest declares; `member` must be in normal form.
  public init(
    policy: Address, role: String, condition: PolicyCondition? = nil, member: String,
    standing: Standing, source: SourcePosition? = nil
  ) {
    self.policy = policy
    self.role = role
    self.condition = condition
    self.member = member
    self.standing = standing
    self.source = source
  }

  /// The role, the condition and the member.
  public var grant: Grant { Grant(role: role, condition: condition, member: member) }

  /// How dangerous an undeclared grant is; the most dangerous first. The raw values are part of a plan's JSON.
  public enum Standing: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Its member includes people outside the organisation, such as `allUsers`.
    case everyone = "public"
    /// Its holder can gain further rights, or the permissions of the role are not known.
    case privileged
    /// A single person.
    case user
    /// Any other member.
    case other
    /// One of Google's own accounts of the project, with a role that needs no attention.
    case google

    /// Whether reports show the grant before others, whatever a scope ignores.
    public var isDangerous: Bool { self == .everyone || self == .privileged }

    private var rank: Int {
      switch self {
      case .everyone: 0
      case .privileged: 1
      case .user: 2
      case .other: 3
      case .google: 4
      }
    }
    public static func < (left: Standing, right: Standing) -> Bool { left.rank < right.rank }

    /// What the member alone shows, without its role.
    public init(of member: String) {
      switch member {
      case "allUsers", "allAuthenticatedUsers": self = .everyone
      case _ where member.hasPrefix("user:"): self = .user
      default: self = .other
      }
    }
  }
}

extension BindingChange {
  /// How dangerous the grant to one of the undeclared members is.
  public func standing(of member: String) -> UndeclaredMember.Standing {
    standings[member] ?? UndeclaredMember.Standing(of: member)
  }

  /// The undeclared members, the most dangerous first.
  public var undeclaredByStanding: [String] {
    undeclared.enumerated().sorted { left, right in
      let standings = (standing(of: left.element), standing(of: right.element))
      return standings.0 == standings.1
        ? left.offset < right.offset : standings.0 < standings.1
    }.map(\.element)
  }
}

extension Change {
  /// The undeclared members of a policy, in the order of its bindings.
  public var undeclaredMembers: [UndeclaredMember] {
    bindings.flatMap { binding in
      binding.undeclared.map {
        UndeclaredMember(
          policy: address, role: binding.role, condition: binding.condition, member: $0,
          standing: binding.standing(of: $0), source: binding.source ?? source)
      }
    }
  }
}

extension Plan {
  /// All undeclared members of the policies that were read: the most dangerous first, then in the order of the rows.
  public var undeclaredMembers: [UndeclaredMember] {
    Self.inOrder(changes.flatMap(\.undeclaredMembers))
  }

  /// Those that a report lists: the dangerous ones of every policy, and all of policies whose row shows no change,
  /// because the rows of the others name theirs. Google's own accounts are counted instead (`GoogleMembers`).
  public var reportedMembers: [UndeclaredMember] {
    Self.inOrder(
      changes.flatMap { change in
        change.undeclaredMembers.filter { found in
          found.standing.isDangerous || change.action == .unchanged && found.standing != .google
        }
      })
  }

  /// The grants to Google's own accounts that no manifest declares.
  public var googleMembers: GoogleMembers { GoogleMembers(undeclaredMembers) }

  private static func inOrder(_ members: [UndeclaredMember]) -> [UndeclaredMember] {
    UndeclaredMember.Standing.allCases.flatMap { standing in
      members.filter { $0.standing == standing }
    }
  }
}

/// The undeclared grants to Google's own accounts, as one count for the whole plan.
public struct GoogleMembers: Sendable, Hashable {
  /// The grants, in order.
  public let grants: [UndeclaredMember]

  /// Takes those of Google's own accounts.
  public init(_ members: [UndeclaredMember]) {
    grants = members.filter { $0.standing == .google }
  }

  /// Whether there are none.
  public var isEmpty: Bool { grants.isEmpty }

  /// `400 undeclared grants of Google's own accounts in 40 projects`; nil if there are none.
  public var sentence: String? {
    guard !grants.isEmpty else { return nil }
    let projects = Set(grants.map(\.policy.project)).count
    return (grants.count == 1 ? "1 undeclared grant" : "\(grants.count) undeclared grants")
      + " of Google's own accounts in \(projects == 1 ? "1 project" : "\(projects) projects")"
  }
}
