import JSON
import Model

/// Changes of pools and providers that can let more identities in. No policy changes with them, so nothing else of a
/// plan shows that access grows.
enum FederationHazards {
  static func ofPool(_ change: Change) -> [Hazard] {
    if change.action == .undelete {
      return [
        Hazard(
          .privileged,
          Statement(
            "privileged.pool.undelete",
            "with the pool return its providers, and the access of every identity that policies still name"
          ))
      ]
    }
    guard change.action == .update else { return [] }
    return change.fields.compactMap { field in
      let path = field.path.description
      if isEnabled(by: field) {
        return Hazard(
          .privileged,
          Statement(
            "privileged.pool.enable",
            "every provider of the pool exchanges tokens again, and tokens that were issued before give access again"
          ))
      }
      guard trustFields.contains(where: path.hasPrefix) else { return nil }
      return Hazard(
        .privileged,
        Statement(
          "privileged.pool.trust", "`\(path)` decides whose certificates the trust domain accepts"))
    }
  }

  /// The fields of a trust domain with those who can issue its identities.
  private static let trustFields = [
    "inlineTrustConfig", "inlineCertificateIssuanceConfig.caPools",
    "inlineCertificateIssuanceConfig.useDefaultSharedCa",
  ]

  static func ofProvider(_ change: Change) -> [Hazard] {
    if change.action == .undelete {
      return [
        Hazard(
          .privileged,
          Statement(
            "privileged.provider.undelete",
            "identities of this provider can sign in again, with all the access that policies still give them"
          ))
      ]
    }
    guard change.action == .update else { return [] }
    var hazards = change.fields.filter(isEnabled).map { _ in
      Hazard(
        .privileged,
        Statement(
          "privileged.provider.enable", "identities of this provider can sign in again"))
    }
    let widened = change.fields.filter(mayWiden).compactMap(\.path.components.first)
    for name in ["attributeCondition", "attributeMapping"] + ProviderFields.types + [actors]
    where widened.contains(.field(name)) {
      hazards.append(Hazard(.privileged, statement(name, change)))
    }
    return hazards
  }

  private static let actors = "actorProviders"

  private static func statement(_ name: String, _ change: Change) -> Statement {
    switch name {
    case "attributeCondition":
      let isRemoved = change.fields.contains {
        $0.path.description == name && isUnset($0.to)
      }
      return isRemoved
        ? Statement(
          "privileged.provider.condition-removed",
          "without `attributeCondition` every identity of the issuer can sign in")
        : Statement(
          "privileged.provider.condition",
          "`attributeCondition` decides which identities can sign in")
    case "attributeMapping":
      return Statement(
        "privileged.provider.mapping",
        "`attributeMapping` decides which identity a token stands for, and so which grants it gets")
    case actors:
      return Statement(
        "privileged.provider.actors", "`actorProviders` decides who may act for its identities")
    default:
      return Statement(
        "privileged.provider.trust", "`\(name)` decides whose tokens the provider accepts")
    }
  }

  private static func isEnabled(by field: FieldChange) -> Bool {
    field.path.description == "disabled" && field.from == true
  }

  /// Whether a change of this field can let more identities in. Anything that is not known to narrow may widen.
  private static func mayWiden(_ field: FieldChange) -> Bool {
    switch field.path.description {
    case "attributeCondition": !isUnset(field.from)
    case "oidc.allowedAudiences": !narrowsList(field)
    case actors: !isSubset(field)
    default: true
    }
  }

  private static func isUnset(_ value: JSONValue?) -> Bool {
    value == nil || value?.isNull == true || value == ""
  }

  /// Without any audience, Google accepts the provider's own name, so a list that becomes empty is not narrower.
  private static func narrowsList(_ field: FieldChange) -> Bool {
    field.to?.array?.isEmpty == false && isSubset(field)
  }

  private static func isSubset(_ field: FieldChange) -> Bool {
    Set(field.to?.array ?? []).isSubset(of: Set(field.from?.array ?? []))
  }
}
