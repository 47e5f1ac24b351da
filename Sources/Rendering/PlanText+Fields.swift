import Diagnostics
import JSON
import Model

extension PlanText {
  /// The rows of a change's fields: values of a new resource, `from -> to` of an existing one.
  func fieldLines(_ change: Change) -> [StyledLine] {
    switch change.intended {
    case .create: createLines(change)
    case .update, .replace, .undelete, .delete, .unchanged, .gone, .heldElsewhere, .pending,
      .refused, .unreadable, .waiting:
      change.fields.flatMap { updateLines($0, change) }
    }
  }

  private func createLines(_ change: Change) -> [StyledLine] {
    let names = change.fields.map { $0.path.description.escapedForTerminal }
    let column = names.map(displayWidth).filter { $0 <= 28 }.max() ?? 0
    return zip(change.fields, names).flatMap { field, name -> [StyledLine] in
      var line = StyledLine(name, indent: 6)
      line.pad(to: 6 + column)
      line.add("   ")
      let text = value(field.to, of: field, in: change)
      // Never cut: the user approves the whole value.
      guard displayWidth(text) <= style.room(after: line.width) ?? .max else {
        return [StyledLine(name, indent: 6)] + paragraph(text, prefix: spaces(10))
      }
      line.add(text)
      return [line]
    }
  }

  private func updateLines(_ field: FieldChange, _ change: Change) -> [StyledLine] {
    if let items = setLines(field, change) { return items }
    var line = updateLine(field, change)
    if let refusal = inlineRefusal(change), field.isImmutable {
      line.add("   \(Self.message(of: refusal, about: field))", .refused)
    } else if change.action == .replace, field.isImmutable {
      line.add("   forces replacement", .removed)
    }
    guard let width = style.width, line.width > width else { return [line] }
    return splitLines(field, change)
  }

  /// `~ labels.team   web -> platform`, however long.
  func updateLine(_ field: FieldChange, _ change: Change) -> StyledLine {
    var line = head(field)
    line.add("   ")
    let from = value(field.from, of: field, in: change)
    let to = value(field.to, of: field, in: change)
    switch sign(field) {
    case .create: line.add(to)
    case .delete: line.add(from)
    default: line.add("\(from) -> \(to)")
    }
    return line
  }

  /// The same for a row wider than the terminal: the values below the field's name, cut around what differs.
  private func splitLines(_ field: FieldChange, _ change: Change) -> [StyledLine] {
    let one = sign(field) == .create ? field.to : sign(field) == .delete ? field.from : nil
    if let one {
      return [head(field)] + paragraph(value(one, of: field, in: change), prefix: spaces(10))
    }
    let room = style.room(after: 18)
    let from = value(field.from, of: field, in: change)
    let to = value(field.to, of: field, in: change)
    let (shortFrom, shortTo) = cutPair(from, to, to: room)
    var lines = [
      head(field), StyledLine("from   \(shortFrom)", indent: 11),
      StyledLine("to     \(shortTo)", indent: 11),
    ]
    if let refusal = change.refusals.first, field.isImmutable, refusal == inlineRefusal(change) {
      lines += paragraph(refusal.message.escapedForTerminal, prefix: spaces(11), ink: .refused)
    }
    return lines
  }

  /// The added and removed elements of a set; nil for every other type.
  private func setLines(_ field: FieldChange, _ change: Change) -> [StyledLine]? {
    guard let from = field.from?.array, let to = field.to?.array,
      case .list(let element, .set) = values.type(of: field.path, kind: change.address.kind)
    else { return nil }
    let removed = from.filter { !to.contains($0) }
    let added = to.filter { !from.contains($0) }
    return [head(field)]
      + added.map { item(.create, values.text($0, of: element)) }
      + removed.map { item(.delete, values.text($0, of: element)) }
  }

  private func item(_ action: Change.Action, _ text: String) -> StyledLine {
    var line = StyledLine(action.symbol, action.ink, indent: 10)
    line.add(" \(text)")
    return line
  }

  private func head(_ field: FieldChange) -> StyledLine {
    let sign = sign(field)
    var line = StyledLine(sign.symbol, sign.ink, indent: 6)
    line.add(" \(field.path.description.escapedForTerminal)")
    return line
  }

  private func sign(_ field: FieldChange) -> Change.Action {
    func isNothing(_ value: JSONValue?) -> Bool { value == nil || value == .null }
    if isNothing(field.from) && !isNothing(field.to) { return .create }
    if isNothing(field.to) && !isNothing(field.from) { return .delete }
    return .update
  }

  private func value(_ value: JSONValue?, of field: FieldChange, in change: Change) -> String {
    values.text(value, of: values.type(of: field.path, kind: change.address.kind))
  }
}
