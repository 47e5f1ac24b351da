package import Diagnostics
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
package enum BaselineReader {
  private static let fields = ["address", "role", "member", "condition", "reason", "expires"]

  /// Reads the bytes of a file named `file`. Addresses may have these kinds.
  ///
  /// - Returns: nil if anything is wrong.
  package static func read(
    _ bytes: [UInt8], file: String, kinds: KindSet
  ) -> (baseline: Baseline?, diagnostics: [Diagnostic]) {
    var reader = EntryReader()
    var entries: [Baseline.Entry] = []
    var places: [Baseline.Thing: SourcePosition] = [:]
    for node in reader.entries(in: bytes, file: file, kind: "Baseline") {
      guard let entry = entry(node, kinds, &reader) else { continue }
      if let first = places.updateValue(node.position, forKey: entry.thing) {
        reader.error(
          .duplicateKey, "a second entry for `\(entry.thing)`", at: node.position,
          help: ["the first one is in line \(first.line): remove one"])
      }
      entries.append(entry)
    }
    return (reader.diagnostics.isEmpty ? Baseline(entries) : nil, reader.diagnostics)
  }

  private static func entry(
    _ node: YAMLNode, _ kinds: KindSet, _ reader: inout EntryReader
  ) -> Baseline.Entry? {
    let before = reader.diagnostics.count
    guard
      reader.check(node, "an entry", fields, required: ["address", "reason", "expires"]),
      let address = reader.address(of: node, kinds, printedBy: "arctl drift")
    else { return nil }
    let grant = grant(node, of: address, &reader)
    let reason = reader.text("reason", of: node)
    let end = reader.time("expires", of: node)
    guard reader.diagnostics.count == before, let reason, let end else { return nil }
    return Baseline.Entry(
      Baseline.Thing(address, grant), reason: reason, expires: end.text, end: end.seconds,
      source: node.position)
  }

  /// The grant of an entry; a policy needs one, and nothing else can have one.
  private static func grant(
    _ node: YAMLNode, of address: Address, _ reader: inout EntryReader
  ) -> Grant? {
    let names = ["role", "member", "condition"].filter { node[$0] != nil }
    guard address.isPolicy else {
      if let name = names.first {
        reader.error(
          .badValue, "`\(name)` belongs to a policy, and `\(address)` is a resource",
          at: node[name]?.position,
          help: ["write the address of the policy: \(address.policy)"])
      }
      return nil
    }
    let missing = ["role", "member"].filter { node[$0] == nil }
    guard missing.isEmpty else {
      for name in missing {
        reader.error(
          .missingField, "the entry for the policy `\(address)` has no `\(name)`",
          at: node.position, help: ["one entry accepts one grant: add \(name): ..."])
      }
      return nil
    }
    guard let role = reader.text("role", of: node), let member = reader.text("member", of: node)
    else { return nil }
    return Grant(
      role: role, condition: condition(node["condition"], &reader),
      member: PolicyMember.normalized(member))
  }

  private static func condition(
    _ node: YAMLNode?, _ reader: inout EntryReader
  ) -> PolicyCondition? {
    guard let node else { return nil }
    guard
      reader.check(
        node, "a condition", ["title", "description", "expression"],
        required: ["title", "expression"]),
      let title = reader.text("title", of: node),
      let expression = reader.text("expression", of: node)
    else { return nil }
    let description = node["description"]?.scalar?.text ?? ""
    return PolicyCondition(title: title, description: description, expression: expression)
  }
}
