import Model

/// The guards for children that a deletion or a replacement of their parent deletes with it.
extension Guards {
  /// Refuses a deletion or a replacement that would take a protected resource along, whatever the flags say.
  func protectedInhabitants(of address: Address, _ draft: PlanDraft) -> [Refusal] {
    let protected = (draft.inhabitants[address] ?? []).sorted().filter { child in
      !isKnownAbsent(child, draft)
        && protection(
          child, draft.graph.resources[child]?.lifecycle ?? draft.graph.keys[child]?.lifecycle)
          != nil
    }
    return protected.prefix(1).map { child in
      Refusal(
        .protected, Statement("protected.inhabitant", "\(child) is in it, and is protected"),
        remedy: "take `protect` of \(child) away first, in a change of its own")
    }
  }

  /// What a replacement deletes and the same plan does not create again.
  func lostInhabitants(of address: Address, _ draft: PlanDraft) -> Hazard? {
    let lost = (draft.inhabitants[address] ?? []).sorted().filter { child in
      guard !isKnownAbsent(child, draft) else { return false }
      guard let resource = draft.graph.resources[child] else { return true }
      return !draft.selected.contains(child) || !resource.lifecycle.create
        || resource.origin == .external
    }
    guard !lost.isEmpty else { return nil }
    let names = lost.prefix(5).map(\.description).joined(separator: ", ")
    let more: Statement.Sentence = lost.count > 5 ? " and \(lost.count - 5) more" : ""
    return Hazard(
      .dataLoss,
      Statement(
        "replacing-deletes.inhabitants",
        "replacing deletes \(names)" + more + ", and this plan does not create it again"))
  }

  private func isKnownAbsent(_ address: Address, _ draft: PlanDraft) -> Bool {
    if case .absent = draft.snapshot.resources[address] { true } else { false }
  }
}
