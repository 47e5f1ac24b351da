import JSON
import Model

extension PlanDraft {
  /// Says on each row that deletes or replaces a resource what that destroys: its size, its contents, who holds roles
  /// on it. Rows say it whether or not a guard refuses them.
  mutating func nameLosses() {
    for (address, change) in changes where !address.isPolicy {
      guard [.delete, .replace].contains(change.intended), let kind = address.resource else {
        continue
      }
      let losses = snapshot.losses[address] ?? DeletionLosses()
      var lines: [Statement] = []
      if let live = live(address), !kind.place.isRoot, let size = kind.contents(of: live) {
        lines.append(Statement("losses.size", "\(size)"))
      }
      if let contents = losses.contents {
        let time: Statement.Sentence = contents.latest.map { ", the last upload at \($0)" } ?? ""
        lines.append(Statement("losses.contents", "\(contents.text)" + time))
      }
      let children = (inhabitants[address] ?? []).filter { live($0) != nil }
      if change.intended == .delete, !children.isEmpty {
        let names = children.sorted().map(\.description).joined(separator: ", ")
        lines.append(Statement("losses.children", "\(names)"))
      }
      // A replacement grants the declared members again, and names those that it loses.
      if change.intended == .delete, let policy = losses.policy { lines += holders(of: policy) }
      lines += losses.problems.map { Statement("losses.unread", "\(words: $0)") }
      changes[address]?.losses = lines
    }
  }

  private func holders(of policy: JSONValue) -> [Statement] {
    let bindings = PolicyDocument(policy).members.sorted { $0.key < $1.key }
    return bindings.filter { !$0.value.isEmpty }.map { key, members in
      let condition: Statement.Sentence =
        key.condition.map { " if \"\($0.title)\"\(fact: $0.expression)" } ?? ""
      let names = members.sorted().joined(separator: ", ")
      return Statement("losses.holders", "\(key.role)" + condition + " of \(names)")
    }
  }
}
