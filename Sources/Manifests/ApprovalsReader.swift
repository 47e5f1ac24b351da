package import Diagnostics
package import Model
import YAML

/// Reads an approvals file.
///
///     apiVersion: arctl.dev/v1
///     kind: Approvals
///     entries:
///     - guard: allow-delete
///       address: my-project-id/repository/us-east4/old-libs
///       digest: 5d1a0c77e2b94f08
///       expires: 2027-01-31
///       reason: moved to europe-west1
package enum ApprovalsReader {
  private static let fields = ["guard", "address", "digest", "expires", "reason"]

  /// Reads the bytes of a file named `file`. Addresses may have these kinds.
  ///
  /// - Returns: no entries if anything is wrong.
  package static func read(
    _ bytes: [UInt8], file: String, kinds: KindSet
  ) -> (entries: [RowApproval], diagnostics: [Diagnostic]) {
    var reader = EntryReader()
    var entries: [RowApproval] = []
    for node in reader.entries(in: bytes, file: file, kind: "Approvals") {
      guard let entry = entry(node, kinds, &reader) else { continue }
      if let first = entries.first(where: {
        ($0.flag, $0.address, $0.digest) == (entry.flag, entry.address, entry.digest)
      }) {
        reader.error(
          .duplicateKey, "a second approval of \(entry.subject), with the same digest",
          at: node.position, help: ["the first one is in line \(first.source.line): remove one"])
      }
      entries.append(entry)
    }
    return (reader.diagnostics.isEmpty ? entries : [], reader.diagnostics)
  }

  private static func entry(
    _ node: YAMLNode, _ kinds: KindSet, _ reader: inout EntryReader
  ) -> RowApproval? {
    guard
      reader.check(node, "an entry", fields, required: ["guard", "address", "digest", "expires"])
    else { return nil }
    let flag = flag(node, &reader)
    let address = reader.address(of: node, kinds, printedBy: "arctl plan")
    let digest = digest(node, &reader)
    let end = reader.time("expires", of: node)
    let reason = reader.text("reason", of: node)
    guard let flag, let address, let digest, let end else { return nil }
    return RowApproval(
      flag, address, digest: digest, expires: end.text, end: end.seconds, reason: reason,
      source: node.position)
  }

  private static func flag(_ node: YAMLNode, _ reader: inout EntryReader) -> Hazard.Flag? {
    guard let text = reader.text("guard", of: node) else { return nil }
    if let flag = Hazard.Flag(rawValue: text) { return flag }
    let names = Hazard.Flag.allCases.map(\.rawValue)
    let near = closestMatch(to: text, in: names).map { ["did you mean `\($0)`?"] }
    reader.error(
      .badEnumValue, "`\(text)` is not a guard that an entry can lift", at: node["guard"]?.position,
      help: near ?? ["one of: \(names.joined(separator: ", "))"])
    return nil
  }

  private static func digest(_ node: YAMLNode, _ reader: inout EntryReader) -> String? {
    guard let text = reader.text("digest", of: node) else { return nil }
    guard text.utf8.count == 16, text.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
      reader.error(
        .badValue, "`\(text)` is not a digest: it has 16 hex digits", at: node["digest"]?.position,
        help: ["the plan prints it below the refused row"])
      return nil
    }
    return text
  }
}
