import Grammar
import JSON
import Model

/// The guard for runs that sign in by a workload identity pool: what they change must not shut them out.
///
/// Each message names the provider, so that the plan's id covers who made the plan.
extension Guards {
  /// The danger of a change of the pool, of the provider, of an API that the sign-in calls, or of the project that contains
  /// them.
  func ownSignIn(_ change: Change, _ draft: PlanDraft) -> Hazard? {
    guard let run = planner.signIn, let kind = change.address.resource else { return nil }
    if let kind = kind.signInKind {
      return kind.lockout(of: run, by: change, live: draft.live(change.address))
    }
    let project = change.address.project
    guard change.action == .delete, isUsed(project, by: run, draft) else { return nil }
    if kind.place.isSetting, Self.signInAPIs.contains(change.address.id) {
      return Hazard(
        .lockout,
        Statement(
          "lockout.federation.api",
          "this disables an API by which this run may sign in, as it does by `\(run.audience)`"))
    }
    guard kind.place.isRoot else { return nil }
    return Hazard(
      .lockout,
      Statement(
        "lockout.federation.project",
        "this deletes a project by which this run signs in, as it does by `\(run.audience)`"))
  }

  /// Whether a project may be that of the pool, or of an account that the run acts as.
  private func isUsed(_ project: String, by run: FederatedSignIn, _ draft: PlanDraft) -> Bool {
    run.mayBeIn(project: project, number: draft.snapshot.projectNumbers[project])
      || run.accounts.contains { AccountEmail(parsing: $0).map { $0.project == project } ?? true }
  }

  /// Google's guides enable them for sign-ins without keys; in which project each has to be is **assumed**.
  private static let signInAPIs: Set<String> = [
    "sts.googleapis.com", "iam.googleapis.com", "iamcredentials.googleapis.com",
  ]

  /// The danger of a removal of identities of the pool from a role: of the right to set this policy, or of the right to
  /// act as the account of this run. Which of them the run is depends on its token, so each of them may be.
  func ownIdentities(_ binding: BindingChange, _ change: Change, _ draft: PlanDraft) -> Hazard? {
    guard let run = planner.signIn else { return nil }
    let removed = binding.removed.filter { removal in
      run.mayBe(removal.member)
        && !isExchanged(removal, of: binding.role, on: change.address, in: draft)
    }
    guard let member = removed.first?.member else { return nil }
    let shown = binding.written[member].map { " (\($0))" } ?? ""
    if run.accounts.isEmpty {
      guard setsPolicies(binding.role, draft) else { return nil }
      return Hazard(
        .lockout,
        Statement(
          "lockout.federation.policy",
          "`\(member)`\(words: shown) may be this run, which signs in by `\(run.audience)`; it would lose its own right to set this policy (\(binding.role))"
        ))
    }
    guard decides(change.address, over: run), signsIn(binding.role, draft) else { return nil }
    return Hazard(
      .lockout,
      Statement(
        "lockout.federation.account",
        "`\(member)`\(words: shown) may be this run, which signs in by `\(run.audience)`; it would lose its own right to act as `\(planner.caller)` (\(binding.role))"
      ))
  }

  /// Whether a policy decides who may act as an account of this run: that of the account, or of its project.
  private func decides(_ policy: Address, over run: FederatedSignIn) -> Bool {
    guard let resource = policy.policyResource else { return false }
    if case .member(let member) = resource.policyName {
      return run.accounts.contains { member.lowercased().hasSuffix(":\($0)") }
    }
    guard resource.resource?.place.isRoot == true else { return false }
    return run.accounts.contains { email in
      AccountEmail(parsing: email).map { $0.project == resource.project } ?? true
    }
  }

  /// Whether the holder of a role may get tokens of an account; also for a custom role whose permissions are not known.
  private func signsIn(_ role: String, _ draft: PlanDraft) -> Bool {
    if Self.signInRoles.contains(role) { return true }
    guard !role.hasPrefix("roles/") else { return false }
    return permissions(of: role, draft)?.contains("iam.serviceAccounts.getAccessToken") != false
  }

  private static let signInRoles: Set<String> = [
    "roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator",
  ]
}
