import Diagnostics
import Model

/// What a plan could not read for lack of permissions, and what became of the revoked members.
extension PlanReport {
  /// One table for the run: what the caller lacks in which project, and a role that has it.
  func missingPermissions() -> [Diagnostic] {
    struct Row: Hashable, Comparable {
      let project: String
      let permission: String
      let role: String
      static func < (left: Row, right: Row) -> Bool {
        (left.project, left.role, left.permission) < (right.project, right.role, right.permission)
      }
    }
    var rows: Set<Row> = []
    func add(_ address: Address, _ problem: ReadProblem) {
      guard let missing = problem.missing else { return }
      rows.insert(
        Row(
          project: address.project, permission: missing.permission,
          role: missing.role ?? "no predefined role is known"))
    }
    for (address, problem) in unreadable { add(address, problem) }
    guard !rows.isEmpty else { return [] }
    let table =
      [["project", "permission", "role that has it"]]
      + rows.sorted().map { [$0.project, $0.permission, $0.role] }
    let caller = draft.planner.caller
    var diagnostic = Diagnostic(
      .permissionDenied, severity: .warning,
      "\(caller.isEmpty ? "the caller" : "`\(caller)`") lacks "
        + (rows.count == 1 ? "a permission" : "\(rows.count) permissions") + " that this plan needs"
    )
    diagnostic.pasted = Self.columns(table)
    return [diagnostic]
  }

  /// Everything that could not be read.
  private var unreadable: [(Address, ReadProblem)] {
    var found: [(Address, ReadProblem)] = []
    func look<Value>(_ observations: [Address: Observation<Value>]) {
      for case (let address, .unreadable(let problem)) in observations {
        found.append((address, problem))
      }
    }
    look(draft.snapshot.resources)
    look(draft.snapshot.policies)
    look(draft.snapshot.keys)
    return found.filter { draft.selected.contains($0.0) || draft.planner.selection.isWhole }
  }

  private static func columns(_ rows: [[String]]) -> [String] {
    let widths = (0..<2).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: max(0, width - cell.count))
      }
      return "  " + (cells + [row[2]]).joined(separator: "   ")
    }
  }

  /// How far each member of `revoked` is gone: a spelling mistake otherwise looks like a complete removal.
  func revokedMembers() -> [Diagnostic] {
    let revoked = draft.graph.stack.revoked
    guard !revoked.isEmpty, draft.planner.selection.isWhole else { return [] }
    var read = 0
    var unread: [Address] = []
    for (address, observation) in draft.snapshot.policies {
      switch observation {
      case .present, .softDeleted: read += 1
      case .unreadable: unread.append(address)
      case .absent: break
      }
    }
    // A plan does not read the policies of undeclared resources.
    unread += draft.undeclared.filter { $0.resource?.hasPolicy == true }.map(\.policy)
      .filter { draft.snapshot.policies[$0] == nil }
    let rest = Self.rest(unread.sorted())
    return revoked.map { member in
      let form = PolicyMember.normalized(member.text)
      let count = draft.changes.values.count { change in
        change.bindings.contains { binding in
          binding.removed.contains { $0.member == form && $0.cause == .revoked }
        }
      }
      let found =
        count == 0
        ? "is in none of the policies that were read (\(read))"
        : "is removed from \(count) of the policies that were read (\(read))"
      return Diagnostic(
        .revokedMembers, severity: unread.isEmpty ? .note : .warning,
        "revoked `\(member.text)` \(found)\(rest)", at: member.source)
    }
  }

  /// `; 7 were not read: a, b, c and 4 more`; empty if all were.
  private static func rest(_ unread: [Address]) -> String {
    guard !unread.isEmpty else { return "" }
    let names = unread.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
    let more = unread.count > 3 ? " and \(unread.count - 3) more" : ""
    return "; \(unread.count) \(unread.count == 1 ? "was" : "were") not read: \(names)\(more)"
  }
}
