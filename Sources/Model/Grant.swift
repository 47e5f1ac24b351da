import Diagnostics

/// One member with one role in one policy, under one condition or none.
public struct Grant: Sendable, Hashable, Comparable {
  /// The role's name as policies have it: `roles/artifactregistry.reader`.
  public var role: String
  /// The condition of the grant; nil if it always holds.
  public var condition: PolicyCondition?
  /// In normal form.
  public var member: String

  /// By default an unconditional grant; `member` must be in normal form.
  public init(role: String, condition: PolicyCondition? = nil, member: String) {
    self.role = role
    self.condition = condition
    self.member = member
  }

  public static func < (left: Grant, right: Grant) -> Bool {
    let keys = (
      PolicyDocument.Key(role: left.role, condition: left.condition),
      PolicyDocument.Key(role: right.role, condition: right.condition)
    )
    return keys.0 == keys.1 ? left.member < right.member : keys.0 < keys.1
  }
}

/// The grants of a policy that a run leaves out: those that match every part of the pattern.
///
///     my-project/iam/project role=roles/viewer member=group:dev@example.com condition=office hours
public struct GrantPattern: Sendable, Hashable, CustomStringConvertible {
  /// The addresses of the policies.
  public var policies: AddressGlob
  /// The role's full name; nil: any role.
  public var role: String?
  /// In normal form.
  public var member: String?
  /// The title of the condition.
  public var condition: String?

  /// A part that is nil matches every grant; `member` is normalised.
  public init(
    policies: AddressGlob, role: String? = nil, member: String? = nil, condition: String? = nil
  ) {
    self.policies = policies
    self.role = role
    self.member = member.map(PolicyMember.normalized)
    self.condition = condition
  }

  /// Whether it selects a grant of this policy.
  public func selects(_ grant: Grant, of policy: Address) -> Bool {
    policy.isPolicy && policies.selects(policy)
      && (role.map { $0 == grant.role } ?? true)
      && (member.map { $0 == PolicyMember.normalized(grant.member) } ?? true)
      && (condition.map { $0 == grant.condition?.title } ?? true)
  }

  public var description: String {
    let parts = [("role", role), ("member", member), ("condition", condition)]
    return ([policies.pattern] + parts.compactMap { name, text in text.map { "\(name)=\($0)" } })
      .joined(separator: " ")
  }
}

extension GrantPattern {
  /// The flag that leaves these grants out, quoted for a shell.
  public var exclusion: String { "--exclude \(shellQuoted(description))" }

  /// Why a text is not a grant pattern.
  public struct Mistake: Error, Sendable, Hashable {
    /// What is wrong with the text, on one line, with identifiers in backticks.
    public let message: String
  }

  /// Reads `POLICY-ADDRESS role=ROLE member=MEMBER condition=TITLE`: at least one of the three, in this order. The
  /// title is the rest of the text, and may contain spaces.
  public init(parsing text: String) throws(Mistake) {
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw Mistake(
        message: "expected a policy's address, a space, and role=, member= or condition=")
    }
    self.init(policies: AddressGlob(String(parts[0])))
    var rest = parts[1].drop { $0 == " " }
    var names = ["role", "member", "condition"][...]
    repeat {
      guard let name = names.first(where: { rest.hasPrefix("\($0)=") }) else {
        let word = rest.prefix { $0 != " " }
        throw Mistake(
          message: "`\(word)`: expected role=, member=, condition=, in this order, each once")
      }
      names = names.drop { $0 != name }.dropFirst()
      rest = rest.dropFirst(name.count + 1)
      let value = name == "condition" ? rest : rest.prefix { $0 != " " }
      guard !value.isEmpty else { throw Mistake(message: "`\(name)=` has no value") }
      rest = rest.dropFirst(value.count).drop { $0 == " " }
      switch name {
      case "role": role = String(value)
      case "member": member = PolicyMember.normalized(String(value))
      default: condition = String(value)
      }
    } while !rest.isEmpty
  }
}
