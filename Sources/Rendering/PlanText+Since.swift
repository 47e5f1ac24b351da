import Diagnostics
package import Model

extension PlanText {
  /// What left the manifests since an earlier commit and stays, with the place where it was declared.
  func leftManifests(_ plan: Plan) -> [StyledLine] {
    guard let since = plan.since, !since.rows.isEmpty else { return [] }
    var lines = [warning(.leftManifests, since.headline)]
    let projects = Set((plan.changes.map(\.address) + since.rows.map(\.address)).map(\.project))
    for row in since.rows {
      let name = projects.count == 1 ? row.address.local : row.address.description
      var line = StyledLine(row.sign, row.ink, indent: 2)
      line.add(" \(name.escapedForTerminal)")
      lines += place(row.source, after: line)
      lines += row.details.flatMap { paragraph($0.escapedForTerminal, prefix: spaces(6)) }
    }
    if showsCommand, let command = since.command(applyArguments ?? plan.selection.arguments) {
      lines.append(StyledLine("to remove them: \(command)", indent: 2))
    }
    return lines
  }

  private func place(_ source: SourcePosition, after line: StyledLine) -> [StyledLine] {
    var line = line
    guard line.width + 3 + displayWidth(source.label) <= style.width ?? 100 else {
      return [line, StyledLine(source.label, .dimmed, indent: 6)]
    }
    line.pad(to: max(line.width + 3, min(48, (style.width ?? 100) - displayWidth(source.label))))
    line.add(source.label, .dimmed)
    return [line]
  }
}

extension SinceReport {
  /// `2 declarations left the manifests since 1a2b3c4d5e6f: 1 is live, 1 is left as it is`.
  package var headline: String {
    func count(_ matches: (SinceRow.State) -> Bool) -> Int { rows.count { matches($0.state) } }
    let live = count { $0 == .live }
    let unread = count { if case .unreadable = $0 { true } else { false } }
    let kept = rows.count - live - unread
    let parts = [
      live > 0 ? "\(live) live" : nil, unread > 0 ? "\(unread) not readable" : nil,
      kept > 0 ? "\(kept) left as \(kept == 1 ? "it is" : "they are")" : nil,
    ]
    let total = rows.count == 1 ? "1 declaration" : "\(rows.count) declarations"
    return "\(total) left the manifests since \(Self.short(commit)): "
      + parts.compactMap(\.self).joined(separator: ", ")
  }

  /// The command that plans their removal; nil if there is nothing to remove.
  fileprivate func command(_ arguments: [String]) -> String? {
    guard !isPruned, rows.contains(where: { $0.state == .live }) else { return nil }
    var flags = arguments
    if !flags.contains("--since") { flags += ["--since", Self.short(commit)] }
    return (["arctl", "plan"] + flags + ["--prune"]).map(shellQuoted).joined(separator: " ")
      .escapedForTerminal
  }
}

extension SinceRow {
  /// The sign of its row: what `--prune` would do.
  fileprivate var sign: String {
    switch (state, part) {
    case (.kept, _): "="
    case (.unreadable, _): "?"
    case (.live, .whole): "-"
    case (.live, .grant), (.live, .label): "~"
    }
  }

  fileprivate var ink: Style.Role {
    switch state {
    case .kept: .dimmed
    case .unreadable: .refused
    case .live: if part == .whole { .removed } else { .changed }
    }
  }

  /// The lines below the address: the grant or the label, and why it stays.
  var details: [String] {
    var lines: [String] = []
    switch part {
    case .whole: break
    case .grant(let grant):
      lines.append(
        ["- \(grant.member)", written, grant.role, grant.condition?.label].compactMap(\.self)
          .joined(separator: "   "))
    case .label(let key, let value):
      lines.append("- labels.\(key)\(value?.string.map { " = \($0)" } ?? "")")
    }
    switch state {
    case .live: break
    case .kept(let reason): lines.append("left as it is: \(reason)")
    case .unreadable(let reason): lines.append("could not be read: \(reason)")
    }
    return lines
  }
}
