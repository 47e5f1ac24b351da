import Diagnostics
import Model

/// What makes policies change besides what manifests say of them: members and roles that go, accounts that come back.
struct PolicyPressure {
  /// Members that go from every policy that was read: revoked ones, and accounts that are being deleted.
  private(set) var unwelcome: [String: BindingChange.Removal.Cause] = [:]
  /// Custom roles that are being deleted, by the name that policies use.
  private(set) var deletedRoles: Set<String> = []
  /// The members that accounts brought back stand for, with their uids.
  private(set) var returning: [String: String] = [:]
  /// Where each member or role is asked to go.
  private(set) var places: [PolicyName: SourcePosition] = [:]

  init(_ draft: PlanDraft) {
    for change in draft.changes.values {
      guard let name = change.address.policyName else { continue }
      switch (change.intended, name) {
      case (.delete, .role(let role)):
        deletedRoles.insert(role)
        places[name] = change.source
      case (.delete, .member(let member)):
        unwelcome[PolicyMember.normalized(member)] = .deletion
        places[.member(PolicyMember.normalized(member))] = change.source
      case (.undelete, .member(let member)):
        returning[PolicyMember.normalized(member)] = change.resource?.uid
      default: break
      }
    }
    for member in draft.graph.stack.revoked {
      let form = PolicyMember.normalized(member.text)
      unwelcome[form] = .revoked
      places[.member(form)] = member.source
    }
  }

  var isEmpty: Bool { unwelcome.isEmpty && deletedRoles.isEmpty }

  /// A binding with its place: where no entry speaks of it, it stands where its removals are asked for.
  func located(_ binding: BindingChange) -> BindingChange {
    guard binding.source == nil, !binding.isEmpty else { return binding }
    var located = binding
    let members = binding.removed.compactMap { places[.member($0.member)] }
    located.source = (members + [places[.role(binding.role)]].compactMap { $0 }).min()
    return located
  }
}
