import Diagnostics
import JSON
import Model

extension PlanText {
  /// The first line of a change: sign, address, and its reason in a few words.
  func title(_ change: Change) -> StyledLine {
    var line = StyledLine(change.action.symbol, change.action.ink, indent: 2)
    line.add(" \(change.address.local.escapedForTerminal)")
    for part in titleParts(change) where isShort(part, after: line) { line.add("   \(part)") }
    return line
  }

  /// The lines below the title.
  func details(_ change: Change) -> [StyledLine] {
    let first = title(change).text()
    let long = titleParts(change).filter {
      !first.hasSuffix("   \($0)") && !first.contains("   \($0)   ")
    }
    var lines = long.flatMap { paragraph($0, prefix: spaces(6)) }
    let showsBindings = change.bindings.contains { !$0.alsoHeld.isEmpty || !$0.leftOut.isEmpty }
    if change.action != .unchanged || showsBindings {
      lines += fieldLines(change)
      lines += bindingLines(change)
    }
    lines += endedLines(change)
    lines += lossLines(change)
    lines += refusalLines(change)
    lines += allowedLines(change)
    if let note = change.note, change.showsNote {
      lines += paragraph(note.escapedForTerminal, prefix: "      note: ")
    }
    for remark in change.remarks {
      // The remark of an unreadable row says how to make it readable.
      lines +=
        change.action == .unreadable
        ? paragraph(remark.text.escapedForTerminal, prefix: "      what to do: ")
        : paragraph(remark.text.escapedForTerminal, prefix: "      warning: ", ink: .changed)
    }
    return lines
  }

  private func isShort(_ part: String, after line: StyledLine) -> Bool {
    line.width + 3 + displayWidth(part) <= style.layoutWidth && displayWidth(part) <= 50
  }

  /// The texts after the address: refusal codes, what blocks the row, its reason.
  private func titleParts(_ change: Change) -> [String] {
    var parts: [String] = []
    if change.action == .refused {
      let codes = change.refusals.map(\.code.rawValue)
      let intent = change.intended == .delete ? "delete " : ""
      parts.append("\(intent)refused [\(codes.uniqued.joined(separator: ", "))]")
    }
    if let address = change.waitsFor, change.action == .waiting {
      parts.append("blocked by \(shortened(address, in: change.address.project))")
    }
    if change.action == .gone, change.reason != nil { parts.append("absent") }
    if let reason = change.reason?.text ?? change.action.defaultReason {
      let wait = change.keyChange?.wait.map {
        "; apply waits \($0)s for the key of an interrupted run to appear"
      }
      parts.append((reason + (wait ?? "")).escapedForTerminal)
    }
    return parts
  }

  /// What a deletion destroys: ten lines, none much longer than a screen is wide.
  private func lossLines(_ change: Change) -> [StyledLine] {
    let limit = 10
    var texts = change.losses.prefix(limit).map { loss in
      loss.text.count <= 400 ? loss.text : "\(loss.text.prefix(400))... (--output json has all)"
    }
    if change.losses.count > limit {
      texts.append("and \(change.losses.count - limit) more (--output json has all)")
    }
    return texts.flatMap {
      paragraph($0.escapedForTerminal, prefix: "      destroys: ", ink: .changed)
    }
  }

  /// The hazards of a row that a flag allows. Hazards that the sign or the reason of the row already shows are not
  /// repeated.
  private func allowedLines(_ change: Change) -> [StyledLine] {
    guard change.isWrite else { return [] }
    return change.hazards.filter { hazard in
      switch hazard.flag {
      case .delete, .replace: false
      case .dataLoss, .cleanup, .lockout, .privileged, .publicGrant:
        hazard.message != change.reason?.text
      }
    }.flatMap { hazard in
      paragraph(
        "\(hazard.message) (--\(hazard.flag.rawValue))".escapedForTerminal,
        prefix: "      allowed: ", ink: .changed)
    }
  }

  /// An address without its project if the heading names the project.
  func shortened(_ address: Address, in project: String) -> String {
    (address.project == project ? address.local : address.description).escapedForTerminal
  }

  private func refusalLines(_ change: Change) -> [StyledLine] {
    let inline = inlineRefusal(change)
    return change.refusals.flatMap { refusal -> [StyledLine] in
      var lines: [StyledLine] = []
      if refusal != inline {
        let text = "[\(refusal.code.rawValue)] \(refusal.message)".escapedForTerminal
        lines += paragraph(text, prefix: spaces(6), ink: .refused)
      }
      if let remedy = refusal.remedy {
        lines += paragraph(
          remedy.escapedForTerminal,
          prefix: refusal.isLiftedByFlag ? "      to allow it: " : "      what to do: ")
      }
      return lines
    } + digestLines(change)
  }

  /// The address that a flag must name to allow a refused row.
  private func digestLines(_ change: Change) -> [StyledLine] {
    guard let digest = change.digest else { return [] }
    return [StyledLine("digest: \(digest)", .dimmed, indent: 6)]
  }

  /// The refusal that is printed on the row of its immutable field: if there is exactly one refusal and one such field.
  func inlineRefusal(_ change: Change) -> Refusal? {
    let immutable = change.refusals.filter { $0.code == .immutableField }
    guard immutable.count == 1, let field = change.fields.first(where: \.isImmutable),
      change.fields.filter(\.isImmutable).count == 1
    else { return nil }
    let message = Self.message(of: immutable[0], about: field)
    let row = updateLine(field, change).width + 3 + displayWidth(message)
    return row <= style.width ?? .max ? immutable[0] : nil
  }

  /// A refusal's message without the name of the field, for the row that begins with it.
  static func message(of refusal: Refusal, about field: FieldChange) -> String {
    let name = "`\(field.path)` "
    let message = refusal.message
    return (message.hasPrefix(name) ? String(message.dropFirst(name.count)) : message)
      .escapedForTerminal
  }
}

extension Array where Element: Hashable {
  /// Each element once, at its first place.
  var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

extension Change {
  /// Whether its `metadata.note` is printed: with errors and deletions.
  fileprivate var showsNote: Bool {
    switch action {
    case .delete, .replace, .refused, .unreadable: true
    case .create, .update, .undelete, .unchanged, .gone, .heldElsewhere, .pending, .waiting: false
    }
  }
}
