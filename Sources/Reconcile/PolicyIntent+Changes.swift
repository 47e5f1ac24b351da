import Model

extension PolicyIntent {
  /// The intent for a policy's changes.
  init(_ changes: [BindingChange], keepsOwners: Bool = false) {
    self.init(
      entries: changes.filter { !$0.isEmpty }.map { change in
        Entry(
          role: change.role, condition: change.condition, add: change.added,
          remove: change.removed.map(\.member),
          revoked: Set(change.removed.filter { $0.cause == .revoked }.map(\.member)),
          places: change.places)
      }, keepsOwners: keepsOwners)
  }
}
