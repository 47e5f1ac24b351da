import Diagnostics
import Grammar
import Model

/// Changes of policies that other declarations imply: members and roles to remove, accounts that are undeleted.
struct ImpliedPolicyChanges {
  /// Members to remove from every policy that was read: revoked ones, and accounts that the plan deletes.
  private(set) var membersToRemove: [String: BindingChange.Removal.Cause] = [:]
  /// Custom roles that the plan deletes, by their names in policies.
  private(set) var deletedRoles: Set<String> = []
  /// The members of undeleted accounts, with their uids.
  private(set) var returning: [String: String] = [:]
  /// The place that requests the removal of each member or role.
  private(set) var places: [PolicyName: SourcePosition] = [:]

  /// For a policy that the plan does not change.
  static let none = ImpliedPolicyChanges()

  private init() {}

  init(_ draft: PlanDraft) {
    for change in draft.changes.values {
      guard let name = change.address.policyName else { continue }
      switch (change.intended, name) {
      case (.delete, .role(let role)):
        deletedRoles.insert(role)
        places[name] = change.source
      case (.delete, .member(let member)):
        membersToRemove[PolicyMember.normalized(member)] = .deletion
        places[.member(PolicyMember.normalized(member))] = change.source
      case (.undelete, .member(let member)):
        returning[PolicyMember.normalized(member)] = change.resource?.uid
      default: break
      }
    }
    for member in draft.graph.stack.revoked {
      var form = PolicyMember.normalized(member.text)
      if NumberedMember.project(in: member.text) != nil {
        guard
          let resolved = NumberedMember.resolved(
            member.text, projectNumbers: draft.snapshot.projectNumbers)
        else {
          unresolved = unresolved ?? member.text
          continue
        }
        form = resolved
      }
      membersToRemove[form] = .revoked
      places[.member(form)] = member.source
    }
  }

  /// A revoked member that needs the number of a project that could not be read: then no policy can be judged.
  private(set) var unresolved: String?

  var isEmpty: Bool { membersToRemove.isEmpty && deletedRoles.isEmpty && unresolved == nil }

  /// A binding with its place. If no entry declares it, its source is whatever requested the removal.
  func located(_ binding: BindingChange) -> BindingChange {
    guard binding.source == nil, !binding.isEmpty else { return binding }
    var located = binding
    let members = binding.removed.compactMap { places[.member($0.member)] }
    located.source = (members + [places[.role(binding.role)]].compactMap { $0 }).min()
    return located
  }
}
