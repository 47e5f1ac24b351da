import Diagnostics
import Model

/// The diagnostics of a plan besides its changes.
struct PlanReport {
  let draft: PlanDraft
  /// The changes in the order of display.
  let rows: [Change]

  func diagnostics() -> [Diagnostic] {
    dangerousMembers() + undeclaredResources() + undeclaredServices() + undeclaredMembers()
      + googleMembers() + alsoHeld() + notChecked()
      + keyWarnings() + externalKeyWarnings() + endingGrants()
      + baselineEntries() + supersededKeys() + nearLimits() + missingPermissions()
      + revokedMembers() + numberedMembers()
  }

  private func undeclaredResources() -> [Diagnostic] {
    let undeclared = draft.undeclared.filter { !$0.isSetting }
    let count = undeclared.count
    guard count > 0 else { return [] }
    let names = undeclared.prefix(10).map { "`\($0)`" }.joined(separator: ", ")
    let more = count > 10 ? " and \(count - 10) more" : ""
    return [
      Diagnostic(
        .undeclaredResources, severity: .warning,
        "\(count == 1 ? "1 live resource is" : "\(count) live resources are") undeclared: \(names)\(more)",
        help: [draft.undeclared.first { !$0.isSetting }.map(\.writingDown)].compactMap { $0 }
      )
    ]
  }

  private func undeclaredServices() -> [Diagnostic] {
    let services = UndeclaredServices(draft.undeclared)
    guard !services.isEmpty else { return [] }
    let lines = services.lines { "`\($0)`" }.joined(separator: "; ")
    let exception = services.exception.map { "; \($0)" } ?? ""
    return [
      Diagnostic(
        .undeclaredServices, severity: .warning, "\(services.headline): \(lines)\(exception)")
    ]
  }

  /// Public and privileged grants that no manifest declares, one for each, whether or not their policy changes.
  private func dangerousMembers() -> [Diagnostic] {
    return [UndeclaredMember.Standing.everyone, .privileged].flatMap { standing in
      rows.flatMap { change in
        change.undeclaredMembers.filter { $0.standing == standing }.map { found in
          undeclared(found, names: "`\(found.member)` (\(standing.rawValue))")
        }
      }
    }
  }

  /// The others, only for policies without changes: the rows of the others name theirs.
  private func undeclaredMembers() -> [Diagnostic] {
    rows.filter { $0.action == .unchanged }.flatMap { change in
      change.bindings.compactMap { binding in
        let members = binding.undeclaredByStanding.filter {
          let standing = binding.standing(of: $0)
          return !standing.isDangerous && standing != .google
        }
        guard let first = members.first else { return nil }
        let found = UndeclaredMember(
          policy: change.address, role: binding.role, condition: binding.condition, member: first,
          standing: binding.standing(of: first), source: binding.source ?? change.source)
        return undeclared(found, names: members.map { "`\($0)`" }.joined(separator: ", "))
      }
    }
  }

  private func undeclared(_ found: UndeclaredMember, names: String) -> Diagnostic {
    let condition = found.condition.map { " if \"\($0.title)\"" } ?? ""
    return Diagnostic(
      .undeclaredMembers, severity: .warning,
      "no manifest grants `\(found.role)`\(condition) on `\(found.policy)` to \(names)",
      at: found.source)
  }

  /// One line for the whole plan: every project has grants that Google made itself.
  private func googleMembers() -> [Diagnostic] {
    let found = GoogleMembers(rows.flatMap(\.undeclaredMembers))
    return found.sentence.map { [Diagnostic(.undeclaredMembers, severity: .note, $0)] } ?? []
  }

  /// Declared members that may do more than the manifests allow.
  private func alsoHeld() -> [Diagnostic] {
    rows.flatMap { change in
      change.bindings.flatMap { binding in
        binding.alsoHeld.map { held in
          let condition = held.condition.map {
            "under condition \"\($0.title)\" (\($0.expression))"
          }
          return Diagnostic(
            .alsoHeld, severity: .warning,
            "`\(binding.shown(held.member))` also holds `\(binding.role)` on `\(change.address)` "
              + (condition ?? "without a condition"),
            at: binding.places[held.member] ?? binding.source ?? change.source,
            help: [
              "to remove it, list the member under `absent` in an entry "
                + (held.condition == nil ? "without a condition" : "with that condition")
            ])
        }
      }
    }
  }

  /// The entries of the baseline that accept nothing any more.
  private func baselineEntries() -> [Diagnostic] {
    guard let outcome = draft.baselineOutcome else { return [] }
    return outcome.expired.map { entry in
      Diagnostic(
        .baselineEntry, severity: .warning,
        "the baseline accepted `\(entry.thing)` until \(entry.expires): \(entry.reason)",
        at: entry.source,
        help: ["look at it again: declare it, remove it, or give the entry a later date"])
    }
      + outcome.unmatched.map { entry in
        Diagnostic(
          .baselineEntry, severity: .note,
          "the baseline accepts `\(entry.thing)`, which this run did not find undeclared",
          at: entry.source, help: ["remove the entry"])
      }
  }

  private func notChecked() -> [Diagnostic] {
    draft.snapshot.notChecked.sorted().map {
      Diagnostic(.notChecked, severity: .warning, "not checked for undeclared resources: \($0)")
    }
  }

  /// Cases that Google may refuse, though not certainly: a quota that can be raised, a size whose limit is not
  /// documented.
  private func nearLimits() -> [Diagnostic] {
    let limits = Limits()
    return limits.growths(draft).filter(\.quota.isAdjustable).map { growth in
      Diagnostic(
        .nearLimit, severity: .warning, growth.sentence.text, at: growth.changes.first?.source,
        help: ["check the project's quotas, and request an increase in time"])
    }
      + limits.largePolicies(draft).map { change, bytes in
        Diagnostic(
          .nearLimit, severity: .warning,
          "`\(change.address)` would have \(bytes) bytes; Google takes policies of \"a few 10s of KB\"",
          at: change.source, help: ["grant to groups instead of to their members"])
      }
  }

  private func keyWarnings() -> [Diagnostic] {
    rows.compactMap { change in
      guard let due = change.keyChange?.rotationDue, change.key?.startsRotation != true else {
        return nil
      }
      let end = change.keyChange?.expires.map { ", and expires on \(Day.text($0))" } ?? ""
      return Diagnostic(
        .keyRotationDue, severity: .warning,
        "`\(change.address)` is due for rotation since \(Day.text(due))\(end)", at: change.source,
        help: [Self.rotationHelp(change)])
    }
  }

  private static func rotationHelp(_ change: Change) -> String {
    switch change.action {
    case .heldElsewhere:
      "the machine that holds its private half rotates it; to make a new one here: arctl keys rotate "
        + "\(change.address)"
    case .update: "apply this first; the next run makes the new key"
    default:
      "`fingerprint` pins the key: remove it, apply, and pin the new one (arctl keys pin \(change.address))"
    }
  }

  /// Keys that were made elsewhere: only their owners can replace them.
  private func externalKeyWarnings() -> [Diagnostic] {
    rows.compactMap { change in
      guard let ageing = change.keyChange?.ageing else { return nil }
      let (fact, severity): (String, Diagnostic.Severity) =
        switch ageing {
        case .expired(let end): ("expired on \(Day.text(end))", .warning)
        case .ends(let end): ("expires on \(Day.text(end))", .warning)
        case .old(let start):
          ("is valid since \(Day.text(start)) and does not expire; replace it every 90 days", .note)
        }
      return Diagnostic(
        .keyRotationDue, severity: severity, "`\(change.address)` \(fact)", at: change.source,
        help: [
          "arctl does not rotate a key that was made elsewhere: make a new one there, and write its id as `keyId`"
        ])
    }
  }

  /// Declared grants that end soon, one line for each role and condition.
  private func endingGrants() -> [Diagnostic] {
    rows.flatMap { change in
      change.bindings.compactMap { binding in
        guard let end = binding.ends else { return nil }
        let members = binding.places.keys.sorted()
        let names = members.prefix(10).map { "`\(binding.shown($0))`" }.joined(separator: ", ")
        let more = members.count > 10 ? " and \(members.count - 10) more" : ""
        return Diagnostic(
          .grantEnds, severity: .warning,
          "`\(binding.role)` on `\(change.address)` ends on \(Day.text(end)) for \(names)\(more)",
          at: binding.source ?? change.source,
          help: ["to keep the grant, write a later `until`; else nothing is to be done"])
      }
    }
  }

  private func supersededKeys() -> [Diagnostic] {
    rows.compactMap { change in
      guard let keys = change.keyChange?.superseded else { return nil }
      // The row says it.
      if case .retire? = change.key { return nil }
      return Diagnostic(
        .keySuperseded, severity: keys.disableOn == nil ? .warning : .note,
        "`\(change.address)`: \(keys.message)", at: change.source, help: [keys.remedy])
    }
  }
}

extension KeyAction {
  /// Whether it makes the new key of a rotation.
  fileprivate var startsRotation: Bool {
    switch self {
    case .issue, .reissue, .supersede, .reclaim, .resume, .importExisting: true
    case .removeLeftovers, .retire, .delete: false
    }
  }
}

extension SupersededKeys {
  /// `key K is replaced by N since 2026-11-21; it is disabled from 2026-11-22 and deleted from 2026-11-23 on`.
  fileprivate var message: String {
    guard let current else {
      return "\(live.count) live keys carry its name, and no file here says which one is in use: "
        + live.joined(separator: ", ")
    }
    let all = live + disabled
    let (is_, it) = all.count == 1 ? ("is", "it is") : ("are", "they are")
    let since = since.map { " since \(Day.text($0))" } ?? ""
    let subject =
      "\(all.count == 1 ? "key" : "keys") \(all.joined(separator: ", ")) \(is_) replaced by \(current)\(since)"
    let kept = files.isEmpty ? "" : " (kept here: \(files.joined(separator: ", ")))"
    guard let disableOn, let deleteOn else { return "\(subject), and still live\(kept)" }
    let deletion = "deleted from \(Day.text(deleteOn)) on"
    let plan =
      live.isEmpty
      ? "\(it) disabled, and \(deletion)"
      : "\(it) disabled from \(Day.text(disableOn)) and \(deletion)"
    return "\(subject)\(kept); \(plan)"
  }
}
