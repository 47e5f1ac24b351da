import Model

extension Plan {
  /// Those of `notChecked` that are about undeclared resources.
  var notCheckedForUndeclared: [String] {
    let keys = Set(keysLeftOut.map(Plan.leavesOut))
    return notChecked.filter { !keys.contains($0) }
  }

  /// ` 1 key left out: serviceAccountKey/uploader/k (CI is set; it takes --key-dir DIR).`; empty if there is none.
  var keysLeftOutSentence: String {
    guard !keysLeftOut.isEmpty else { return "" }
    let projects = Set(changes.map(\.address.project) + keysLeftOut.map(\.project))
    let names = keysLeftOut.prefix(3).map {
      (projects.count == 1 ? $0.local : $0.description).escapedForTerminal
    }
    let more = keysLeftOut.count > 3 ? " and \(keysLeftOut.count - 3) more" : ""
    let subject = keysLeftOut.count == 1 ? "1 key" : "\(keysLeftOut.count) keys"
    return
      " \(subject) left out: \(names.joined(separator: ", "))\(more) (CI is set; it takes --key-dir DIR)."
  }
}
