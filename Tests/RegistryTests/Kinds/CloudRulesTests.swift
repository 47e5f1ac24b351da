import JSON
import Model
import Testing

@testable import Registry

@Suite struct CloudRulesTests {
  @Test func anEnabledAccountIsDisabledBeforeItIsDeleted() {
    let rules = CloudRules()
    #expect(
      rules.advice(onDeleting: [:], kind: .serviceAccount)?.text.contains("disabled: true") == true)
    #expect(rules.advice(onDeleting: ["disabled": true], kind: .serviceAccount) == nil)
    #expect(rules.advice(onDeleting: [:], kind: .repository) == nil)
  }

  private let role = Address(project: "p", .role, "r")
  private let live: JSONValue = ["includedPermissions": ["iam.serviceAccounts.actAs"]]

  private func hazards(_ action: Change.Action, _ fields: [FieldChange] = []) -> [Hazard.Flag] {
    var change = Change(address: role, action: action, source: nil)
    change.fields = fields
    return CloudRules().hazards(of: change, spec: [:], live: live).map(\.flag)
  }

  @Test func bringingBackAPrivilegedRoleIsPrivileged() {
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
