import Diagnostics
import Model

/// A guard and the row for which it does not count.
struct ApprovedGuard: Sendable, Hashable {
  let flag: Hazard.Flag
  let address: Address
}

/// Which entries of an approvals file fit the rows of a plan.
///
/// An entry fits if the digest of its row is the one that it names: then the row is exactly what the approver saw. A digest
/// covers the change and all its dangers, whatever is allowed, so the plan without the entries says which of them fit.
struct ApprovalVerdict {
  /// The entries that lift a guard.
  private(set) var used: [RowApproval] = []
  private var unused: [(entry: RowApproval, because: String, help: [String])] = []

  /// - Parameters:
  ///   - draft: the plan without the entries.
  ///   - now: Unix seconds.
  init(_ entries: [RowApproval], in draft: PlanDraft, now: Int64) {
    for entry in entries {
      if entry.end <= now {
        reject(entry, "ended at \(entry.expires)", "review the row again, and write a later date")
        continue
      }
      guard let digest = draft.digest(at: entry.address), let change = draft.changes[entry.address]
      else {
        // A row outside of the selection is not judged.
        if draft.planner.selection.isWhole || draft.selected.contains(entry.address) {
          reject(entry, "matches no change in this plan", "remove it if the change was made")
        }
        continue
      }
      if digest != entry.digest {
        reject(
          entry,
          "is for a row with the digest \(entry.digest), and this row is another one: its digest is \(digest)",
          "review the row as it is now; with its digest, the entry allows it")
      } else if !change.hazards.contains(where: { $0.flag == entry.flag }) {
        reject(entry, "lifts no guard: this flag allows nothing in the row", "remove it")
      } else {
        used.append(entry)
      }
    }
  }

  /// What the used entries allow.
  var guards: Set<ApprovedGuard> {
    Set(used.map { ApprovedGuard(flag: $0.flag, address: $0.address) })
  }

  /// Whether every row that the entries let through is still the one that was approved.
  func holds(in draft: PlanDraft) -> Bool {
    used.allSatisfy { entry in
      draft.changes[entry.address]?.action == .refused
        || draft.digest(at: entry.address) == entry.digest
    }
  }

  /// Lets no entry count, because together they change what was approved.
  mutating func withdraw() {
    for entry in used {
      reject(
        entry, "does not count: with the other entries the row is another one",
        "apply what the other entries allow first")
    }
    used = []
  }

  private mutating func reject(_ entry: RowApproval, _ reason: String, _ help: String) {
    unused.append((entry, reason, [help]))
  }

  /// A note for each entry that counts, and a warning for each other one, in order of their places.
  var diagnostics: [Diagnostic] {
    let notes = used.map { entry in
      Diagnostic(
        .approvedRow, severity: .note,
        "\(entry.subject) is approved until \(entry.expires)"
          + (entry.reason.map { ": \($0)" } ?? ""), at: entry.source)
    }
    let warnings = unused.map { entry, reason, help in
      Diagnostic(
        .approvalUnused, severity: .warning, "the approval of \(entry.subject) \(reason)",
        at: entry.source, help: help)
    }
    return (notes + warnings).sorted {
      ($0.position?.line ?? 0, $0.severity == .note ? 0 : 1)
        < ($1.position?.line ?? 0, $1.severity == .note ? 0 : 1)
    }
  }
}

extension PlanDraft {
  /// The digest of a row that a guard could refuse: what is refused, or what would be written; nil for every other row.
  func digest(at address: Address) -> String? {
    guard let change = changes[address] else { return nil }
    switch change.intended {
    case .create, .update, .delete, .replace, .undelete: break
    case .unchanged, .gone, .heldElsewhere, .pending, .refused, .unreadable, .waiting: return nil
    }
    return PlanIdentity.digest(
      ofRefused: change, key: graph.keys[address], spec: graph.resources[address]?.spec ?? [:])
  }
}
