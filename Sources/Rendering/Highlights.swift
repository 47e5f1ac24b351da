import Diagnostics
import Grammar
import Model

/// One line that a reviewer sees before everything else: what a row refuses, destroys, takes away or opens.
struct Highlight: Sendable, Hashable {
  /// How much attention it needs; the most urgent first.
  enum Urgency: Int, Sendable, Hashable, CaseIterable {
    case refused, deletion, removal, publicGrant, privileged, other

    /// The beginning of the sentence that names the rows in the summary.
    var title: String {
      switch self {
      case .refused: "Refused"
      case .deletion: "Deleted or replaced"
      case .removal: "Members removed"
      case .publicGrant: "Opened to the public"
      case .privileged: "Privileged"
      case .other: "Other hazards"
      }
    }
  }
  var urgency: Urgency
  /// The row that it is about.
  var address: Address
  /// The sign of the line.
  var sign: Change.Action
  /// What is lost or granted, without the address.
  var text: String
}

extension Plan {
  /// The lines, the most urgent first, then in the order of the rows.
  var highlights: [Highlight] {
    let all = changes.flatMap(\.highlights)
    return Highlight.Urgency.allCases.flatMap { urgency in
      all.filter { $0.urgency == urgency }
    }
  }

  /// The rows that need attention, for the summary: `Refused: repository/us/old. Members removed: iam/project.`
  var highlightSentences: [String] {
    let several = Set(changes.map(\.address.project)).count > 1
    return Highlight.Urgency.allCases.compactMap { urgency in
      let rows = highlights.filter { $0.urgency == urgency }.map(\.address).uniqued
      guard !rows.isEmpty else { return nil }
      let names = rows.prefix(3).map {
        (several ? $0.description : $0.local).escapedForTerminal
      }.joined(separator: ", ")
      return "\(urgency.title): \(names)"
        + (rows.count > 3 ? " and \(rows.count - 3) more." : ".")
    }
  }
}

extension Change {
  /// The lines about this row.
  var highlights: [Highlight] {
    func line(_ urgency: Highlight.Urgency, _ sign: Change.Action, _ text: String) -> Highlight {
      Highlight(urgency: urgency, address: address, sign: sign, text: text)
    }
    if action == .refused {
      return [
        line(
          .refused, .refused, "refused: " + refusals.map(\.message).uniqued.joined(separator: "; "))
      ]
    }
    guard isWrite else { return [] }
    var lines: [Highlight] = []
    if intended == .delete || intended == .replace {
      let loss = losses.isEmpty ? "" : ": " + losses.prefix(2).map(\.text).joined(separator: ", ")
      lines.append(
        line(.deletion, intended, (intended == .delete ? "deleted" : "replaced") + loss))
    }
    lines += bindings.flatMap { binding -> [Highlight] in
      guard !binding.removed.isEmpty else { return [] }
      let members = names(binding.removed.map { binding.shown($0.member) })
      let verb = binding.removed.count == 1 ? "loses" : "lose"
      return [line(.removal, .delete, "\(members) \(verb) \(binding.subject)")]
    }
    lines += dangerousGrants.map { line($0.urgency, .create, $0.text) }
    return lines + otherHazards.map { line($0.0, .update, $0.1) }
  }

  /// The grants of this row that are public or privileged.
  private var dangerousGrants: [(urgency: Highlight.Urgency, text: String)] {
    let privileged = hazards.filter { $0.flag == .privileged }.map(\.message)
    return bindings.flatMap { binding -> [(Highlight.Urgency, String)] in
      let open = binding.added.filter { PublicMembers.reason($0) != nil }
      let others = binding.added.filter { PublicMembers.reason($0) == nil }
      let isPrivileged = privileged.contains { $0.contains("`\(binding.role)`") }
      func text(_ members: [String], _ word: String) -> String {
        "\(names(members.map(binding.shown))) \(members.count == 1 ? "gets" : "get") \(binding.subject) (\(word))"
      }
      return (open.isEmpty ? [] : [(.publicGrant, text(open, "public"))])
        + (others.isEmpty || !isPrivileged ? [] : [(.privileged, text(others, "privileged"))])
    }
  }

  /// The dangers of a row that are neither a deletion nor a grant: a wider role or cleanup, a lockout.
  private var otherHazards: [(Highlight.Urgency, String)] {
    hazards.compactMap { hazard in
      switch hazard.flag {
      case .delete, .replace, .dataLoss: nil
      case .publicGrant: address.isPolicy ? nil : (.publicGrant, hazard.message)
      case .privileged: address.isPolicy ? nil : (.privileged, hazard.message)
      case .cleanup, .lockout: (.other, hazard.message)
      }
    }
  }

  private func names(_ members: [String]) -> String {
    let shown = members.prefix(3).joined(separator: ", ")
    return members.count > 3 ? "\(shown) and \(members.count - 3) more" : shown
  }

  /// How dangerous the row is, from 0: where room is short, the details of the others go first.
  var dangerRank: Int {
    let urgency = highlights.map(\.urgency.rawValue).min()
    return urgency ?? (action == .unreadable ? 5 : isWrite || action == .waiting ? 6 : 7)
  }
}

extension BindingChange {
  /// `roles/viewer if "night"`.
  fileprivate var subject: String { role + (condition.map { " if \"\($0.title)\"" } ?? "") }
}

extension PlanText {
  /// The lines for attention above a plan that is longer than a screen; empty for all others, which show the same rows.
  func highlightLines(_ plan: Plan, bodyCount: Int) -> [StyledLine] {
    let found = plan.highlights
    guard bodyCount > Self.screen, !found.isEmpty else { return [] }
    let several = Set(plan.changes.map(\.address.project)).count > 1
    let limit = 40
    var lines = [StyledLine("Look at these first:", .heading)]
    for highlight in found.prefix(limit) {
      let name = several ? highlight.address.description : highlight.address.local
      var prefix = "  \(highlight.sign.symbol) "
      if highlight.sign == .replace { prefix = "  -/+ " }
      lines += paragraph(
        "\(name)   \(highlight.text)".escapedForTerminal, prefix: prefix, ink: highlight.sign.ink)
    }
    if found.count > limit {
      lines.append(StyledLine("  and \(found.count - limit) more below"))
    }
    return lines
  }

  /// How many lines of rows fit on a screen.
  static let screen = 24
}
