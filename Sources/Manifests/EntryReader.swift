import Diagnostics
import Grammar
import Model
import YAML

/// Reads a file of one document that lists entries, strictly: an unknown field is an error, since what the entries say takes
/// effect without any other sign.
///
///     apiVersion: arctl.dev/v1
///     kind: Approvals
///     entries: [...]
struct EntryReader {
  /// Everything that is wrong with the file, in its order.
  private(set) var diagnostics: [Diagnostic] = []

  mutating func error(
    _ code: DiagnosticCode, _ message: String, at place: SourcePosition?, help: [String] = []
  ) {
    diagnostics.append(Diagnostic(code, message, at: place, help: help))
  }

  /// The entries of the document of this kind.
  mutating func entries(in bytes: [UInt8], file: String, kind: String) -> [YAMLNode] {
    let parsed = YAMLFile(parsing: bytes, file: file)
    diagnostics += parsed.diagnostics
    guard parsed.diagnostics.isEmpty else { return [] }
    guard let document = parsed.documents.first, parsed.documents.count == 1 else {
      error(
        .wrongType, "the file holds one document with `apiVersion`, `kind` and `entries`",
        at: parsed.documents.dropFirst().first?.position
          ?? SourcePosition(file: file, line: 1, column: 1))
      return []
    }
    let fields = ["apiVersion", "kind", "entries"]
    guard check(document, "the document", fields, required: fields) else { return [] }
    for (key, value) in [("apiVersion", "arctl.dev/v1"), ("kind", kind)]
    where document[key]?.scalar?.text != value {
      error(
        .badValue, "`\(key)` is not `\(value)`", at: document[key]?.position,
        help: ["write \(key): \(value)"])
    }
    guard let entries = document["entries"], let items = entries.items else {
      error(
        .wrongType, "`entries` is \(document["entries"]?.shape ?? "nothing"), not a list",
        at: document["entries"]?.position)
      return []
    }
    return items
  }

  /// Reports unknown, repeated and missing fields of a map; false if it is none, or lacks one.
  mutating func check(
    _ node: YAMLNode, _ what: String, _ known: [String], required: [String]
  ) -> Bool {
    guard let pairs = node.pairs else {
      error(.wrongType, "\(what) is \(node.shape), not a map", at: node.position)
      return false
    }
    for pair in pairs where !known.contains(pair.key) {
      let near = closestMatch(to: pair.key, in: known).map { "did you mean `\($0)`?" }
      error(
        .unknownField, "unknown field `\(pair.key)` in \(what)", at: pair.keyPosition,
        help: [near ?? "it has \(known.joined(separator: ", "))"])
    }
    let missing = required.filter { node[$0] == nil }
    for name in missing {
      error(.missingField, "\(what) has no `\(name)`", at: node.position)
    }
    return missing.isEmpty
  }

  /// A text that is not empty; reports any other value.
  mutating func text(_ name: String, of node: YAMLNode) -> String? {
    guard let value = node[name] else { return nil }
    guard let scalar = value.scalar else {
      error(.wrongType, "`\(name)` is \(value.shape), not a text", at: value.position)
      return nil
    }
    guard !scalar.isNull, !scalar.text.isEmpty else {
      error(.wrongType, "`\(name)` is empty", at: value.position)
      return nil
    }
    return scalar.text
  }

  /// The address of one resource or policy, written as plans print it.
  mutating func address(of node: YAMLNode, _ kinds: KindSet, printedBy command: String) -> Address?
  {
    guard let text = text("address", of: node) else { return nil }
    guard let address = kinds.address(parsing: text), address.description == text,
      !text.contains("*")
    else {
      error(
        .badValue, "`\(text)` is not the address of one resource or policy",
        at: node["address"]?.position,
        help: ["write it as `\(command)` prints it, after its project: PROJECT/KIND/..."])
      return nil
    }
    return address
  }

  /// A day, at its start in UTC, or an instant: as it is written, and in Unix seconds.
  mutating func time(_ name: String, of node: YAMLNode) -> (text: String, seconds: Int64)? {
    guard let text = text(name, of: node) else { return nil }
    guard ApiTimestamp.isDayOrInstant(text),
      let instant = Instant(text.utf8.count == 10 ? "\(text)T00:00:00Z" : text)
    else {
      error(
        .badValue, "`\(text)` is not a day or an instant", at: node[name]?.position,
        help: ["write \(name): 2027-01-31, or \(name): 2027-01-31T12:00:00Z"])
      return nil
    }
    return (text, instant.seconds)
  }
}
