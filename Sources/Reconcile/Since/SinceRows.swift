import JSON
public import Model

extension DroppedDeclarations {
  /// What is left of them in the cloud, by a plan of the pruned graph.
  ///
  /// - Parameter plan: a plan of `pruned()` for the same selection.
  public func rows(in plan: Plan) -> [SinceRow] {
    let changes = Dictionary(plan.changes.map { ($0.address, $0) }, uniquingKeysWith: { $1 })
    let whole =
      resources.values.compactMap { row($0, changes) }
      + keys.values.compactMap { row(key: $0, changes) }
    return (whole + grantRows(changes) + labelRows(changes)).sorted()
  }

  /// Those that no option removes, which a plan that prunes still shows.
  public var keptRows: [SinceRow] {
    (resources.values.compactMap { row($0, [:]) } + keys.values.compactMap { row(key: $0, [:]) }
      + grantRows([:])).sorted()
  }

  private func row(key: DesiredKey, _ changes: [Address: Change]) -> SinceRow? {
    let state =
      kept[key.address].map(SinceRow.State.kept) ?? changes[key.address].flatMap(Self.state)
    return state.map {
      SinceRow(address: key.address, part: .whole, state: $0, source: key.source)
    }
  }

  private func row(_ resource: DesiredResource, _ changes: [Address: Change]) -> SinceRow? {
    let address = resource.address
    let state = kept[address].map(SinceRow.State.kept) ?? changes[address].flatMap(Self.state)
    return state.map {
      SinceRow(address: address, part: .whole, state: $0, source: resource.source)
    }
  }

  /// The state of what a change would delete; nil if it is gone.
  private static func state(_ change: Change) -> SinceRow.State? {
    if change.intended == .delete { return .live }
    switch change.action {
    case .unreadable, .waiting, .pending: return .unreadable(change.reason?.text ?? "not read")
    case .refused: return .live
    case .create, .update, .delete, .replace, .undelete, .unchanged, .gone, .heldElsewhere:
      return nil
    }
  }

  private func grantRows(_ changes: [Address: Change]) -> [SinceRow] {
    grants.flatMap { policy, places -> [SinceRow] in
      if let reason = kept[policy] {
        return places.map { grant, place in
          SinceRow(
            address: policy, part: .grant(grant), state: .kept(reason), source: place,
            written: shorthands[grant.member])
        }
      }
      guard let change = changes[policy], let first = places.values.min() else { return [] }
      func row(_ grant: Grant, _ state: SinceRow.State, _ written: String?) -> SinceRow {
        SinceRow(
          address: policy, part: .grant(grant), state: state,
          source: places[grant] ?? first, written: written)
      }
      if change.action == .unreadable || change.action == .waiting && change.bindings.isEmpty {
        let reason = change.reason?.text ?? "not read"
        return places.keys.map { row($0, .unreadable(reason), shorthands[$0.member]) }
      }
      return change.bindings.flatMap { binding in
        binding.removed.compactMap { removal -> SinceRow? in
          let grant = Grant(
            role: binding.role, condition: binding.condition, member: removal.member)
          let isDropped =
            removal.cause == .dropped || removal.cause == .deletion && places[grant] != nil
          return isDropped ? row(grant, .live, binding.written[removal.member]) : nil
        }
      }
    }
  }

  private func labelRows(_ changes: [Address: Change]) -> [SinceRow] {
    labels.flatMap { address, labels -> [SinceRow] in
      guard let change = changes[address] else { return [] }
      return labels.compactMap { key, label -> SinceRow? in
        func row(_ value: JSONValue?, _ state: SinceRow.State) -> SinceRow {
          SinceRow(address: address, part: .label(key, value), state: state, source: label.source)
        }
        if change.action == .unreadable || change.action == .pending
          || change.action == .waiting && change.fields.isEmpty
        {
          return row(nil, .unreadable(change.reason?.text ?? "not read"))
        }
        let path = FieldPath().field("labels").field(key)
        guard let field = change.fields.first(where: { $0.path == path }), field.to == nil else {
          return nil
        }
        return row(field.from, .live)
      }
    }
  }
}

extension SinceRow: Comparable {
  public static func < (left: SinceRow, right: SinceRow) -> Bool {
    if left.address != right.address { return left.address < right.address }
    switch (left.part, right.part) {
    case (.grant(let one), .grant(let other)): return one < other
    case (.label(let one, _), .label(let other, _)): return one < other
    case (.whole, .grant), (.whole, .label), (.grant, .label): return true
    case (.whole, .whole), (.label, .whole), (.label, .grant), (.grant, .whole): return false
    }
  }
}
