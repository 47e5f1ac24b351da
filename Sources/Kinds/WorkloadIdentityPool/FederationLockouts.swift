import JSON
import Model

/// Changes of a pool or a provider that can shut out a run that signs in by it.
///
/// Whether its token fits a new condition or mapping cannot be known, so only what certainly leaves it its access is left
/// out.
enum FederationLockouts {
  static func hazard(
    _ noun: String, _ change: Change, _ run: FederatedSignIn, _ live: JSONValue?
  ) -> Hazard? {
    guard live?["name"]?.string.map(run.mayUse) != false else { return nil }
    switch change.action {
    case .delete, .replace:
      return Hazard(
        .lockout,
        Statement(
          "lockout.federation.delete",
          "this deletes the \(noun) by which this run signs in, `\(run.audience)`"))
    case .update: return update(noun, change, run)
    case .create, .undelete, .unchanged, .gone, .heldElsewhere, .pending, .refused, .unreadable,
      .waiting:
      return nil
    }
  }

  private static func update(
    _ noun: String, _ change: Change, _ run: FederatedSignIn
  ) -> Hazard? {
    if change.fields.contains(where: { $0.path.description == "disabled" && $0.to == true }) {
      return Hazard(
        .lockout,
        Statement(
          "lockout.federation.disable",
          "this disables the \(noun) by which this run signs in, `\(run.audience)`"))
    }
    let names = change.fields.filter { !isHarmless($0) }.compactMap { field -> String? in
      guard case .field(let name)? = field.path.components.first else { return nil }
      return "`\(name)`"
    }
    guard !names.isEmpty else { return nil }
    return Hazard(
      .lockout,
      Statement(
        "lockout.federation.change",
        "\(Set(names).sorted().joined(separator: ", ")) may shut out this run, which signs in by this \(noun), `\(run.audience)`"
      ))
  }

  /// Whether every token that was accepted before is accepted after a change of this field, for the same identity.
  private static func isHarmless(_ field: FieldChange) -> Bool {
    switch field.path.description {
    case "displayName", "description", "disabled": true
    case "attributeCondition": field.to == nil || field.to?.isNull == true || field.to == ""
    case "oidc.allowedAudiences": keepsAudiences(field)
    default: field.path.components.first == .field("actorProviders")
    }
  }

  /// Without any audience, Google accepts the provider's own name, which a list need not contain.
  private static func keepsAudiences(_ field: FieldChange) -> Bool {
    guard let before = field.from?.array, !before.isEmpty else { return false }
    return Set(before).isSubset(of: Set(field.to?.array ?? []))
  }
}

extension WorkloadIdentityPoolKind: SignInKind {
  func lockout(of run: FederatedSignIn, by change: Change, live: JSONValue?) -> Hazard? {
    FederationLockouts.hazard("pool", change, run, live)
  }
}

extension WorkloadIdentityPoolProviderKind: SignInKind {
  func lockout(of run: FederatedSignIn, by change: Change, live: JSONValue?) -> Hazard? {
    FederationLockouts.hazard("provider", change, run, live)
  }
}
