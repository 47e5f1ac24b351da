package import Model

extension Plan {
  /// Whether the plan has anything besides unchanged rows: a write, a refused row, an unreadable row.
  package var hasWork: Bool { hasChanges || isRefused || summary.unreadable > 0 }

  /// `partial plan: 6 of 41, left out: repository/us/libs and 1 grant of iam/project`; nil for a plan of everything.
  var partialNote: String? {
    guard !selection.isWhole else { return nil }
    let names = namesOfLeftOut
    let leftOut = names.isEmpty ? "" : ", left out: \(names)"
    return "partial plan: \(selectedCount) of \(declaredCount)\(leftOut)"
  }

  /// The changes that the selection leaves out: three names and a count.
  private var namesOfLeftOut: String {
    let projects = Set(changes.map(\.address.project) + leftOut.map(\.project))
    func name(_ address: Address) -> String {
      (projects.count > 1 ? address.description : address.local).escapedForTerminal
    }
    let grants = changes.compactMap { change -> String? in
      let count = change.bindings.reduce(0) { $0 + $1.leftOut.count }
      guard count > 0 else { return nil }
      return "\(count == 1 ? "1 grant" : "\(count) grants") of \(name(change.address))"
    }
    let excluded = leftOut.filter { address in
      selection.excludes.contains { $0.selects(address) }
    }
    let names = grants + excluded.map(name)
    var shown = names.prefix(3).joined(separator: ", ")
    if names.count > 3 { shown += " and \(names.count - 3) more" }
    switch leftOut.count - excluded.count {
    case 0: return shown
    case 1: return "\(shown), with 1 that depends on it"
    case let count: return "\(shown), with \(count) that depend on it"
    }
  }

  /// `No changes. 41 resources match 9 manifest files.`
  package var sentenceForNothing: String {
    let partial = partialNote.map { " (\($0))" } ?? ""
    return "No changes\(partial). \(matchSentence)" + summary.alsoHeldSentence
      + summary.leftSentence + keysLeftOutSentence
  }

  /// `41 resources match 9 manifest files.`
  var matchSentence: String {
    let count = (selection.isWhole ? declaredCount : selectedCount) - keysLeftOut.count
    let match = count == 1 ? "1 resource matches" : "\(count) resources match"
    let files = fileCount == 1 ? "1 manifest file" : "\(fileCount) manifest files"
    return "\(match) \(files)."
  }

  /// `Plan: 2 to create, 2 to change, 0 to delete, 1 refused, 34 unchanged. IAM: +1 -1 members. 2 undeclared.`
  var summaryLine: String {
    let partial = partialNote.map { " (\($0))" } ?? ""
    return "Plan\(partial): \(summary.counts)" + keysLeftOutSentence
  }
}

extension PlanSummary {
  /// `2 to create, 2 to change, 0 to delete, 34 unchanged. IAM: +1 -1 members.`; unusual counts that are zero are left out.
  var counts: String {
    var parts = ["\(create) to create", "\(change) to change", "\(delete) to delete"]
    if replace > 0 { parts.append("\(replace) to replace") }
    if undelete > 0 { parts.append("\(undelete) to undelete") }
    if refused > 0 { parts.append("\(refused) refused") }
    if unreadable > 0 { parts.append("\(unreadable) unreadable or blocked") }
    parts.append("\(unchanged) unchanged")
    var text = parts.joined(separator: ", ") + "."
    if membersAdded + membersRemoved > 0 {
      text += " IAM: +\(membersAdded) -\(membersRemoved) members."
    }
    if undeclared > 0 { text += " \(undeclared) undeclared." }
    return text + alsoHeldSentence + leftSentence
  }

  /// ` 2 declarations left the manifests and are still live.`; empty if there are none.
  var leftSentence: String {
    switch leftManifests {
    case 0: ""
    case 1: " 1 declaration left the manifests and is still live."
    default: " \(leftManifests) declarations left the manifests and are still live."
    }
  }

  /// ` 1 grant is also held under another condition.`; empty if there is none.
  var alsoHeldSentence: String {
    switch alsoHeld {
    case 0: ""
    case 1: " 1 grant is also held under another condition."
    default: " \(alsoHeld) grants are also held under other conditions."
    }
  }
}
