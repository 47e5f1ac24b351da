import Grammar
import Model
import YAML

/// Where an unknown field belongs, when it is a known one at a wrong level: too far left or right, or under another key.
///
/// It suggests only places that do not cause the next error: none that already has the field.
struct Misplacement {
  /// One object of a spec, as it was written.
  struct Level {
    let path: String
    let table: FieldTable
    let pairs: [YAMLPair]
  }

  let names: FieldNames
  let owner: String
  let kind: (any Kind)?
  /// From the whole spec to the object that holds the field.
  let levels: [Level]

  /// The advice about a field that its object does not have; nil if no object around it has the field.
  func hint(_ pair: YAMLPair) -> String? {
    // A name that no document can write has no right place, so thousands of unknown fields cost no search.
    guard let level = levels.last, names.writable.contains(pair.key) else { return nil }
    return sibling(pair, level) ?? notBegun(pair, level) ?? ancestor(pair) ?? outside(pair)
      ?? notBegun(pair, level, needsMore: true)
  }

  /// The advice about a field outside the outermost level that belongs to an object of it.
  func hint(below pair: YAMLPair) -> String? {
    guard let level = levels.last, names.writable.contains(pair.key) else { return nil }
    return sibling(pair, level)
  }

  /// A field of an object above it at the same level: it is not indented far enough.
  private func sibling(_ pair: YAMLPair, _ level: Level) -> String? {
    let above = level.pairs.prefix { $0.keyPosition != pair.keyPosition }
    for other in above.reversed() {
      guard let field = level.table[other.key], let table = level.table.table(of: field) else {
        continue
      }
      if let path = Self.place(of: pair.key, in: other.value, field, table) {
        let name = ([other.key] + path).joined(separator: ".")
        return Self.holdsEntries(field.type)
          ? "this belongs to the entry of `\(name)` above" : "this belongs to `\(name)` above"
      }
    }
    return nil
  }

  /// The only unwritten field of the object that itself has this field. A field that needs further fields is the last
  /// choice.
  private func notBegun(_ pair: YAMLPair, _ level: Level, needsMore: Bool = false) -> String? {
    let holders = level.table.fields.filter { field in
      !field.traits.contains(.outputOnly) && !level.pairs.contains { $0.key == field.name }
        && Self.isWritable(pair.key, level.table.table(of: field))
        && (needsMore
          || level.table.table(of: field)?.required.allSatisfy { $0.name == pair.key } == true)
    }
    guard holders.count == 1, let holder = holders.first else { return nil }
    return Self.holdsEntries(holder.type)
      ? "this goes into an entry of `\(holder.name)`" : "this goes under `\(holder.name)`"
  }

  /// The fields from a value down to the object that lacks this field and may have it; nil if there is none.
  private static func place(
    of key: String, in node: YAMLNode, _ field: Field, _ table: FieldTable
  ) -> [String]? {
    let object: YAMLNode? =
      switch (field.type, node.content) {
      case (.list, .sequence(let items)): items.last
      case (.map, .mapping(let pairs)): pairs.last?.value
      case (.object, .mapping): node
      default: nil
      }
    if node.isNull { return isWritable(key, table) ? [] : nil }
    guard let pairs = object?.pairs else { return nil }
    if isWritable(key, table), !pairs.contains(where: { $0.key == key }) { return [] }
    for pair in pairs.reversed() {
      guard let inner = table[pair.key], let innerTable = table.table(of: inner) else { continue }
      if let path = place(of: key, in: pair.value, inner, innerTable) { return [pair.key] + path }
    }
    return nil
  }

  /// A field of an object further out: it is indented too far.
  private func ancestor(_ pair: YAMLPair) -> String? {
    for level in levels.dropLast().reversed()
    where Self.isWritable(pair.key, level.table)
      && !level.pairs.contains(where: { $0.key == pair.key })
    {
      return
        "this belongs to \(level.path.isEmpty ? owner : "`\(level.path)`"), further to the left"
    }
    return nil
  }

  /// A key of the document, or of `metadata` or `lifecycle`.
  private func outside(_ pair: YAMLPair) -> String? {
    let root = owner == "lifecycle" ? "lifecycle" : "spec"
    guard let kind else { return nil }
    if Document.keys.contains(pair.key) { return "this goes beside `\(root)`, not into it" }
    guard let place = Document.place(of: pair.key, kind), place != root else { return nil }
    return "this goes under `\(place)`, not under `\(root)`"
  }

  private static func isWritable(_ key: String, _ table: FieldTable?) -> Bool {
    table?[key].map { !$0.traits.contains(.outputOnly) } ?? false
  }

  private static func holdsEntries(_ type: FieldType) -> Bool {
    switch type {
    case .list, .map: true
    default: false
    }
  }
}
