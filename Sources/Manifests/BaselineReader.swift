package import Diagnostics
import Grammar
package import Model
import YAML

/// Reads a baseline: strictly, because what it accepts is not reported.
///
///     apiVersion: arctl.dev/v1
///     kind: Baseline
///     entries:
///       - address: my-project/iam/repository/us/libs
///         role: roles/artifactregistry.reader
///         member: group:partners@example.com
///         reason: until the partner has accounts
///         expires: 2027-03-01
package struct BaselineReader {
  private let kinds: KindSet
  /// Everything that is wrong with the file, in its order.
  package private(set) var diagnostics: [Diagnostic] = []

  /// Reads the bytes of a file named `file`. Addresses may have these kinds.
  ///
  /// - Returns: nil if anything is wrong.
  package static func read(
    _ bytes: [UInt8], file: String, kinds: KindSet
  ) -> (baseline: Baseline?, diagnostics: [Diagnostic]) {
    var reader = BaselineReader(kinds: kinds)
    let parsed = YAMLFile(parsing: bytes, file: file)
    reader.diagnostics = parsed.diagnostics
    guard reader.diagnostics.isEmpty else { return (nil, reader.diagnostics) }
    guard let document = parsed.documents.first, parsed.documents.count == 1 else {
      let place = parsed.documents.dropFirst().first?.position
      reader.error(
        .wrongType, "a baseline is one document with `apiVersion`, `kind` and `entries`", at: place)
      return (nil, reader.diagnostics)
    }
    let entries = reader.entries(in: document)
    return (reader.diagnostics.isEmpty ? Baseline(entries) : nil, reader.diagnostics)
  }

  private init(kinds: KindSet) { self.kinds = kinds }

  private mutating func error(
    _ code: DiagnosticCode, _ message: String, at place: SourcePosition?, help: [String] = []
  ) {
    diagnostics.append(Diagnostic(code, message, at: place, help: help))
  }

  private mutating func entries(in document: YAMLNode) -> [Baseline.Entry] {
    guard
      check(document, "a baseline", ["apiVersion", "kind", "entries"], required: ["entries"])
    else { return [] }
    for (key, value) in [("apiVersion", "arctl.dev/v1"), ("kind", "Baseline")] {
      guard document[key]?.scalar?.text != value else { continue }
      error(
        .badValue, "`\(key)` of a baseline is `\(value)`",
        at: document[key]?.position ?? document.position, help: ["write \(key): \(value)"])
    }
    guard let items = document["entries"]?.items else {
      error(
        .wrongType, "`entries` is \(document["entries"]?.shape ?? "nothing"), not a list",
        at: document["entries"]?.position)
      return []
    }
    var places: [Baseline.Thing: SourcePosition] = [:]
    return items.compactMap { item in
      guard let entry = entry(item) else { return nil }
      if let first = places.updateValue(item.position, forKey: entry.thing) {
        diagnostics.append(
          Diagnostic(
            .duplicateKey, "a second entry for `\(entry.thing)`", at: item.position,
            related: [.init(first, "the first one")], help: ["remove one of them"]))
      }
      return entry
    }
  }

  private mutating func entry(_ node: YAMLNode) -> Baseline.Entry? {
    let before = diagnostics.count
    let fields = ["address", "role", "member", "condition", "reason", "expires"]
    guard check(node, "an entry", fields, required: ["address", "reason", "expires"]) else {
      return nil
    }
    let text = text("address", of: node) ?? ""
    guard let address = kinds.address(parsing: text) else {
      error(
        .badValue, "`\(text)` is not the address of a resource or a policy",
        at: node["address"]?.position,
        help: ["write it as `arctl drift` prints it, with its project"])
      return nil
    }
    let grant = grant(node, of: address)
    let reason = self.text("reason", of: node) ?? ""
    let expires = self.text("expires", of: node) ?? ""
    let end = Self.seconds(expires)
    if end == nil {
      error(
        .badValue, "`\(expires)` is not a day or a time", at: node["expires"]?.position,
        help: ["write expires: 2027-01-31"])
    }
    guard diagnostics.count == before, let end else { return nil }
    return Baseline.Entry(
      Baseline.Thing(address, grant), reason: reason, expires: expires, end: end,
      source: node.position)
  }

  /// The grant of an entry; a policy needs one, and nothing else can have one.
  private mutating func grant(_ node: YAMLNode, of address: Address) -> Grant? {
    let names = ["role", "member", "condition"].filter { node[$0] != nil }
    guard address.isPolicy else {
      if let name = names.first {
        error(
          .badValue, "`\(name)` belongs to a policy, and `\(address)` is a resource",
          at: node[name]?.position,
          help: ["write the address of the policy: \(address.policy)"])
      }
      return nil
    }
    let missing = ["role", "member"].filter { node[$0] == nil }
    guard missing.isEmpty else {
      for name in missing {
        error(
          .missingField, "the entry for the policy `\(address)` has no `\(name)`",
          at: node.position, help: ["one entry accepts one grant: add \(name): ..."])
      }
      return nil
    }
    guard let role = text("role", of: node), let member = text("member", of: node) else {
      return nil
    }
    return Grant(
      role: role, condition: condition(node["condition"]),
      member: PolicyMember.normalized(member))
  }

  private mutating func condition(_ node: YAMLNode?) -> PolicyCondition? {
    guard let node else { return nil }
    guard
      check(
        node, "a condition", ["title", "description", "expression"],
        required: ["title", "expression"]),
      let title = text("title", of: node), let expression = text("expression", of: node)
    else { return nil }
    let description = node["description"].flatMap { $0.scalar?.text } ?? ""
    return PolicyCondition(title: title, description: description, expression: expression)
  }

  /// A text that is not empty; reports any other value.
  private mutating func text(_ name: String, of node: YAMLNode) -> String? {
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

  /// Reports unknown and missing fields of a map; false if it is none.
  private mutating func check(
    _ node: YAMLNode, _ what: String, _ known: [String], required: [String]
  ) -> Bool {
    guard let pairs = node.pairs else {
      error(.wrongType, "\(what) is a map, and this is \(node.shape)", at: node.position)
      return false
    }
    for pair in pairs where !known.contains(pair.key) {
      let near = closestMatch(to: pair.key, in: known).map { "did you mean `\($0)`?" }
      error(
        .unknownField, "unknown field `\(pair.key)` in \(what)", at: pair.keyPosition,
        help: [near ?? "it has \(known.joined(separator: ", "))"])
    }
    let missing = required.filter { name in !pairs.contains { $0.key == name } }
    for name in missing {
      error(.missingField, "\(what) has no `\(name)`", at: node.position)
    }
    return missing.isEmpty
  }

  /// The Unix seconds of a day, at its start in UTC, or of an instant.
  private static func seconds(_ text: String) -> Int64? {
    guard ApiTimestamp.isDayOrInstant(text) else { return nil }
    return Instant(text.utf8.count == 10 ? "\(text)T00:00:00Z" : text)?.seconds
  }
}
