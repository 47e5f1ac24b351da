import Model

extension PlanDraft {
  /// Refuses the new keys that an organisation policy forbids. Google would refuse them in the middle of an apply.
  mutating func refuseForbiddenKeys() {
    for (address, change) in changes where change.isWrite && change.key?.makesKey == true {
      guard let key = graph.keys[address],
        let constraint = OrganisationConstraint.forbidding(key.origin).first(where: {
          snapshot.constraints[key.account.project]?.contains($0) == true
        })
      else { continue }
      var refused = change
      refused.action = .refused
      refused.refusals.append(
        Refusal(
          .keyForbidden,
          Statement(
            "key.forbidden",
            "the organisation's constraint \(constraint.rawValue) forbids a new key in \(address.project)"
          ),
          remedy: key.keylessAlternatives))
      changes[address] = refused
    }
  }
}
