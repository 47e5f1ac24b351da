import JSON
package import Model

/// A baseline as a YAML file, as `BaselineReader` reads it.
package enum BaselineText {
  /// The whole file: one entry below the other, in order.
  package static func render(_ baseline: Baseline) -> String {
    var lines = [
      "# What `arctl drift --baseline` accepts. Each entry needs a reason and the day on which it ends.",
      "apiVersion: arctl.dev/v1", "kind: Baseline",
      baseline.entries.isEmpty ? "entries: []" : "entries:",
    ]
    for entry in baseline.entries.sorted(by: { $0.thing < $1.thing }) {
      lines.append("  - address: \(plain(entry.thing.address.description))")
      if let grant = entry.thing.grant {
        lines.append("    role: \(plain(grant.role))")
        lines.append("    member: \(plain(grant.member))")
        if let condition = grant.condition {
          lines.append("    condition:")
          lines.append("      title: \(quoted(condition.title))")
          if !condition.description.isEmpty {
            lines.append("      description: \(quoted(condition.description))")
          }
          lines.append("      expression: \(quoted(condition.expression))")
        }
      }
      lines.append("    reason: \(quoted(entry.reason))")
      lines.append("    expires: \(plain(entry.expires))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Without quotes where YAML reads the same text.
  private static func plain(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { isWord($0) } == true
      && text.utf8.allSatisfy { isWord($0) || ".-_/@:+".utf8.contains($0) }
      && text.utf8.last != UInt8(ascii: ":") && !["true", "false", "null"].contains(text)
    return isPlain ? text : quoted(text)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  /// A JSON string, which YAML reads as well.
  private static func quoted(_ text: String) -> String { JSONValue.string(text).text() }
}
