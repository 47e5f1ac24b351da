package import Model

/// The end of an apply: what failed and why, what was skipped, what needs attention, and the counts.
package struct ApplyReportText: Sendable {
  var style = TextStyle()
  var operationText = OperationText()
  /// `metadata.note` by address.
  var notes: [Address: String] = [:]

  /// Plain text without notes, unless given otherwise; `operationText` must know the operations of the report.
  package init(
    style: TextStyle = TextStyle(), operationText: OperationText = OperationText(),
    notes: [Address: String] = [:]
  ) {
    self.style = style
    self.operationText = operationText
    self.notes = notes
  }

  /// The whole text, each line ended by a newline.
  package func render(_ report: ExecutionReport) -> String {
    let blocks = [
      failures(report), skipped(report), notStarted(report), warnings(report), [counts(report)],
    ].filter { !$0.isEmpty }
    return blocks.map { lines in
      lines.map { $0.text(style.style) + "\n" }.joined()
    }.joined(separator: "\n")
  }

  private var paragraphs: PlanText { PlanText(style: style) }

  private func failures(_ report: ExecutionReport) -> [StyledLine] {
    guard !report.failed.isEmpty else { return [] }
    return [StyledLine("Failed:", .heading)]
      + report.failed.flatMap { operation, failure -> [StyledLine] in
        var head = StyledLine("x", .refused, indent: 2)
        head.add(" \(operationText.intent(operation))")
        if failure.isPartial { head.add("   done in part") }
        var lines = [head]
        if let source = operation.source {
          lines.append(StyledLine(source.label, .dimmed, indent: 6))
        }
        for text in [failure.call, failure.message] where !text.isEmpty {
          lines += paragraphs.paragraph(text.escapedForTerminal, prefix: spaces(6))
        }
        lines += failure.refusedGrants.flatMap { grantLines($0, of: failure) }
        if !failure.help.isEmpty {
          lines += paragraphs.paragraph(failure.help.escapedForTerminal, prefix: "      = help: ")
        }
        if let note = notes[operation.address] {
          lines += paragraphs.paragraph(note.escapedForTerminal, prefix: "      note: ")
        }
        return lines
      }
  }

  /// `not granted: group:gone@example.com   roles/viewer   manifests/a.yaml:12`, and the reason, if it is not printed above.
  private func grantLines(_ refused: RefusedGrant, of failure: OperationFailure) -> [StyledLine] {
    let grant = refused.grant
    let parts =
      [
        grant.member, grant.role, grant.condition.map { "if \"\($0.title)\"" },
        refused.source?.label,
      ]
      .compactMap { $0?.escapedForTerminal }
    let head = refused.change == .notAdded ? "not granted: " : "not removed: "
    var lines = paragraphs.paragraph(
      parts.joined(separator: "   "), prefix: spaces(6) + head, ink: .refused)
    if refused.reason != failure.message {
      lines += paragraphs.paragraph(refused.reason.escapedForTerminal, prefix: spaces(10))
    }
    return lines
  }

  private func skipped(_ report: ExecutionReport) -> [StyledLine] {
    guard !report.skipped.isEmpty else { return [] }
    return [StyledLine("Skipped:", .heading)]
      + report.skipped.map { operation, because in
        var line = StyledLine("?", .warning, indent: 2)
        line.add(" \(operationText.intent(operation))   needs \(operationText.intent(because))")
        return line
      }
  }

  private func notStarted(_ report: ExecutionReport) -> [StyledLine] {
    guard !report.notStarted.isEmpty else { return [] }
    return [StyledLine("Not started:", .heading)]
      + report.notStarted.map { StyledLine("? \(operationText.intent($0))", indent: 2) }
  }

  private func warnings(_ report: ExecutionReport) -> [StyledLine] {
    report.done.flatMap { operation, result in
      result.warnings.flatMap {
        paragraphs.paragraph(
          "\(operationText.address(operation.address)): \($0.escapedForTerminal)",
          prefix: "warning: ",
          ink: .changed)
      }
    }
  }

  private func counts(_ report: ExecutionReport) -> StyledLine {
    // Counted as in the plan: one call that enables twenty services counts as twenty.
    func part(_ operations: [Operation], _ word: String) -> String? {
      operations.isEmpty ? nil : "\(operations.reduce(0) { $0 + $1.covers.count }) \(word)"
    }
    let done = part(report.done.map(\.0), "done") ?? "0 done"
    let rest = [
      part(report.failed.filter(\.failure.isPolicyInPart).map(\.0), "done in part"),
      part(report.failed.filter { !$0.failure.isPolicyInPart }.map(\.0), "failed"),
      part(report.skipped.map(\.0), "skipped"),
      part(report.notStarted, "not started"),
    ]
    let parts = [done] + rest.compactMap(\.self)
    return StyledLine("Apply: " + parts.joined(separator: ", ") + ".", .heading)
  }
}
