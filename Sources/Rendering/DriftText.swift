import Diagnostics
package import JSON
package import Model

/// What every form of a drift check says besides its plan.
package struct DriftPage: Sendable {
  /// The counts.
  package var drift: Drift
  /// The causes for which the check fails.
  package var failOn: Set<Drift.Cause>
  /// Where the check did not look, and why, in order.
  package var notChecked: [String]
  /// The file of the baseline; nil for a check without one.
  package var baseline: String?

  /// The page of one check.
  package init(
    _ drift: Drift, failOn: Set<Drift.Cause>, notChecked: [String], baseline: String? = nil
  ) {
    self.drift = drift
    self.failOn = failOn
    self.notChecked = notChecked
    self.baseline = baseline
  }

  /// `1 public, 2 changed, 3 undeclared`; nil if there is no drift.
  var counts: String? {
    guard !drift.isEmpty else { return nil }
    return Drift.Cause.allCases.compactMap { cause in
      drift.counts[cause].map { "\($0) \(cause.rawValue)" }
    }.joined(separator: ", ")
  }

  /// `Drift: 1 public, 2 changed. Fails for: public, changed.`
  func summary(_ plan: Plan) -> String {
    let head =
      if let counts {
        "Drift: \(counts)."
      } else if plan.isComplete, !plan.lacksReports {
        "No drift. " + plan.matchSentence
      } else {
        "No drift in what could be read."
      }
    let failing = drift.causes(among: failOn).map(\.rawValue)
    let fails = failing.isEmpty ? "" : " Fails for: \(failing.joined(separator: ", "))."
    return head + fails + acceptedSentence(plan)
  }

  /// ` 4 undeclared things are accepted by baseline.yaml.`; empty if there are none.
  private func acceptedSentence(_ plan: Plan) -> String {
    let count = plan.baseline?.accepted.count ?? 0
    guard count > 0, let baseline else { return "" }
    let subject = count == 1 ? "1 undeclared thing is" : "\(count) undeclared things are"
    return " \(subject) accepted by \(baseline.escapedForTerminal)."
  }
}

extension PlanText {
  /// A plan as a drift check prints it: undeclared members first, what was not checked at the end, and no command.
  package func renderDrift(_ plan: Plan, _ page: DriftPage) -> String {
    let plan = plan.withKeyRows(in: keyDirectory)
    let blocks =
      [
        header(plan), undeclaredMembers(plan), body(plan.changes.filter(isShown)),
        leftManifests(plan), heldElsewhere(plan), undeclaredResources(plan),
        undeclaredServices(plan),
        ignoredResources(plan), ignoredMembers(plan), diagnostics(plan),
        notCheckedFooter(page),
        wrap(page.summary(plan), to: style.width).map { StyledLine($0, .heading) },
      ].filter { !$0.isEmpty }
    return blocks.map { lines in
      lines.map { $0.text(style.style) + "\n" }.joined()
    }.joined(separator: "\n")
  }

  private func notCheckedFooter(_ page: DriftPage) -> [StyledLine] {
    guard !page.notChecked.isEmpty else { return [] }
    return [StyledLine("Not checked:", .dimmed)]
      + page.notChecked.flatMap { paragraph($0.escapedForTerminal, prefix: "  ", ink: .dimmed) }
  }
}

extension PlanMarkdown {
  /// A drift check for an issue: its counts, the undeclared members, the rows, and what was not checked.
  package func renderDrift(_ plan: Plan, _ page: DriftPage) -> String {
    let plan = plan.withKeyRows()
    let head = [
      "### arctl drift: \(page.counts ?? "none")", prose(page.summary(plan)),
    ]
    var checked = plan
    checked.notChecked = []
    let tail =
      reports(checked)
      + (page.notChecked.isEmpty ? [] : [list("Not checked:", page.notChecked.map(prose))])
    return fitted(head: head, plan: plan, tail: tail)
  }
}

extension PlanJSON {
  /// A drift check: the members of its plan, and `drift`.
  package static func drift(
    _ plan: Plan, _ page: DriftPage, show: Set<PlanShow> = []
  ) -> JSONValue {
    guard var object = value(plan, show: show).object else { return .null }
    var counts = JSONObject()
    for cause in Drift.Cause.allCases {
      counts[cause.rawValue] = .integer(Int64(page.drift.counts[cause] ?? 0))
    }
    object["notChecked"] = strings(page.notChecked)
    object["drift"] = [
      "counts": .object(counts),
      "failOn": strings(Drift.Cause.allCases.filter(page.failOn.contains).map(\.rawValue)),
      "fails": strings(page.drift.causes(among: page.failOn).map(\.rawValue)),
      "baseline": plan.baseline.map(value) ?? .null,
    ]
    return .object(object)
  }

  private static func value(_ outcome: Baseline.Outcome) -> JSONValue {
    [
      "accepted": .array(outcome.accepted.map(value)),
      "expired": .array(outcome.expired.map(value)),
      "unmatched": .array(outcome.unmatched.map(value)),
    ]
  }

  private static func value(_ entry: Baseline.Entry) -> JSONValue {
    [
      "address": .string(entry.thing.address.description),
      "role": entry.thing.grant.map { .string($0.role) } ?? .null,
      "condition": entry.thing.grant?.condition.map(value) ?? .null,
      "member": entry.thing.grant.map { .string($0.member) } ?? .null,
      "reason": .string(entry.reason), "expires": .string(entry.expires),
      "source": entry.source.map(value) ?? .null,
    ]
  }
}
