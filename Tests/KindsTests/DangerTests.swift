import JSON
import Model
import Testing

@testable import Kinds

@Suite struct DangerTests {
  @Test func anEnabledAccountIsDisabledBeforeItIsDeleted() {
    let account = ServiceAccountKind()
    #expect(account.advice(onDeleting: [:])?.text.contains("disabled: true") == true)
    #expect(account.advice(onDeleting: ["disabled": true]) == nil)
    #expect(RepositoryKind().advice(onDeleting: [:]) == nil)
  }

  @Test func theUndeleteOfARoleReportsItsFallback() {
    let reason = RoleKind().deletion.returning?.reason(nil)
    #expect(reason?.text.hasPrefix("undelete, or create if Google refuses") == true)
    #expect(reason?.text.contains("37 days") == true)
  }

  private let role = Address(project: "p", RoleKind().id, "r")
  private let live: JSONValue = ["includedPermissions": ["iam.serviceAccounts.actAs"]]

  private func hazards(_ action: Change.Action, _ fields: [FieldChange] = []) -> [Hazard.Flag] {
    var change = Change(address: role, action: action, source: nil)
    change.resource?.fields = fields
    return RoleKind().hazards(of: change, spec: [:], live: live).map(\.flag)
  }

  @Test func undeletingAPrivilegedRoleIsPrivileged() {
    #expect(hazards(.undelete) == [.privileged])
    #expect(hazards(.delete) == [])
  }

  @Test func switchingOnAPrivilegedRoleIsPrivileged() {
    func stage(_ from: JSONValue?, _ to: JSONValue) -> FieldChange {
      FieldChange(path: FieldPath([.field("stage")]), from: from, to: to, mask: "stage")
    }
    #expect(hazards(.update, [stage("DISABLED", "GA")]) == [.privileged])
    #expect(hazards(.update, [stage("GA", "DISABLED")]) == [])
  }
}
