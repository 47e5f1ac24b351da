package import Model

extension Plan {
  /// Whether there is anything to say beyond that all is in order: a write, a refusal, something unread.
  var hasWork: Bool { hasChanges || isRefused || summary.unreadable > 0 }

  /// `partial plan: 6 of 41`; nil for a plan of everything.
  var partialNote: String? {
    selection.isWhole ? nil : "partial plan: \(selectedCount) of \(declaredCount)"
  }

  /// `No changes. 41 resources match 9 manifest files.`
  package var sentenceForNothing: String {
    let count = selection.isWhole ? declaredCount : selectedCount
    let match = count == 1 ? "1 resource matches" : "\(count) resources match"
    let files = fileCount == 1 ? "1 manifest file" : "\(fileCount) manifest files"
    let partial = partialNote.map { " (\($0))" } ?? ""
    return "No changes\(partial). \(match) \(files)."
  }

  /// `Plan: 2 to create, 2 to change, 0 to delete, 1 refused, 34 unchanged. IAM: +1 -1 members. 2 undeclared.`
  var summaryLine: String {
    let partial = partialNote.map { " (\($0))" } ?? ""
    return "Plan\(partial): \(summary.counts)"
  }
}

extension PlanSummary {
  /// `2 to create, 2 to change, 0 to delete, 34 unchanged. IAM: +1 -1 members.`; what is zero and unusual is left out.
  var counts: String {
    var parts = ["\(create) to create", "\(change) to change", "\(delete) to delete"]
    if replace > 0 { parts.append("\(replace) to replace") }
    if undelete > 0 { parts.append("\(undelete) to undelete") }
    if refused > 0 { parts.append("\(refused) refused") }
    if unreadable > 0 { parts.append("\(unreadable) unreadable or waiting") }
    parts.append("\(unchanged) unchanged")
    var text = parts.joined(separator: ", ") + "."
    if membersAdded + membersRemoved > 0 {
      text += " IAM: +\(membersAdded) -\(membersRemoved) members."
    }
    if undeclared > 0 { text += " \(undeclared) undeclared." }
    return text
  }
}
