/// What a drift check found in a plan, as counts by cause.
public struct Drift: Sendable, Hashable {
  /// Why the live cloud and the manifests differ; the most urgent first. The raw values are those of `--fail-on`.
  public enum Cause: String, Sendable, Hashable, CaseIterable {
    /// An undeclared grant to people outside the organisation.
    case everyone = "public"
    /// An undeclared grant whose holder can gain further rights.
    case privileged
    /// A declared resource or policy that differs, or that arctl would not correct.
    case changed
    /// Something declared that does not exist.
    case missing
    /// Something live that no manifest declares, the two above included.
    case undeclared
    /// A key that is due for rotation, has ended or ends soon, and a grant of the manifests that has ended or ends soon.
    case expiring
  }

  /// How many things were found for each cause; causes without any are left out.
  public private(set) var counts: [Cause: Int] = [:]

  /// Counts what a plan shows.
  ///
  /// - Parameter besides: undeclared things that do not count, because this run accepts them.
  public init(_ plan: Plan, besides accepted: Set<Baseline.Thing> = []) {
    func add(_ cause: Cause, _ count: Int = 1) {
      if count > 0 { counts[cause, default: 0] += count }
    }
    for change in plan.changes {
      if let cause = change.drift { add(cause) }
      add(.changed, change.bindings.reduce(0) { $0 + $1.alsoHeld.count })
      add(.expiring, change.bindings.reduce(0) { $0 + $1.ended.count + ($1.ends == nil ? 0 : 1) })
      if change.keyChange?.isExpiring == true { add(.expiring) }
    }
    // Grants that left the manifests are among the undeclared members.
    add(
      .undeclared,
      plan.since?.rows.count { row in
        if case .grant = row.part { return false }
        return row.state == .live
      } ?? 0)
    add(.undeclared, plan.undeclaredThings.count { !accepted.contains($0) })
    for found in plan.undeclaredMembers where !accepted.contains(found.thing) {
      switch found.standing {
      case .everyone: add(.everyone)
      case .privileged: add(.privileged)
      case .user, .other, .google: break
      }
    }
  }

  /// The causes among these that were found, the most urgent first.
  public func causes(among wanted: Set<Cause>) -> [Cause] {
    Cause.allCases.filter { wanted.contains($0) && counts[$0] != nil }
  }

  /// Whether nothing was found.
  public var isEmpty: Bool { counts.isEmpty }
}

extension Change {
  /// What the row means for a drift check; nil if it shows no difference, or could not be read.
  fileprivate var drift: Drift.Cause? {
    // A rotation is due: what lives is as declared, and near its time.
    if isWrite, keyChange?.isExpiring == true { return nil }
    return switch action {
    case .create, .undelete: .missing
    case .refused where refusals.contains { $0.code == .mustExist }: .missing
    case .update, .delete, .replace, .refused: .changed
    case .waiting: intended == .create || intended == .undelete ? .missing : .changed
    case .unchanged, .gone, .heldElsewhere, .pending, .unreadable: nil
    }
  }
}

extension KeyChange {
  /// Whether the key should be replaced for its time. One that was made elsewhere without an end is only reported.
  fileprivate var isExpiring: Bool {
    switch ageing {
    case .expired, .ends: true
    case .old, nil:
      if case .retire = order {
        true
      } else {
        rotationDue != nil || daysLeft.map { $0 < 0 } == true
      }
    }
  }
}
