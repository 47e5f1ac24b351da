import CommandLine
import Diagnostics
import Model

/// The options of `arctl drift` besides those of a plan, checked.
struct DriftOptions: Sendable {
  enum Place: String, Sendable, Hashable, CaseIterable { case all, declared }

  var failOn: Set<Drift.Cause> = Self.usualCauses
  var baseline: String?
  var writtenBaseline: String?
  /// The public and privileged grants that a written baseline accepts.
  var accepted: [GrantPattern] = []
  var place = Place.all

  /// All but keys and grants that end, which are no difference.
  static let usualCauses = Set(Drift.Cause.allCases).subtracting([.expiring])

  init(_ arguments: ParsedArguments) throws(UsageError) {
    if let text = arguments.value("fail-on") { failOn = try Self.causes(text) }
    baseline = arguments.value("baseline")
    writtenBaseline = arguments.value("write-baseline")
    for text in arguments.values("accept") { accepted.append(try Self.grants(text)) }
    if writtenBaseline == nil, !accepted.isEmpty {
      throw UsageError(
        "`--accept` says what `--write-baseline FILE` writes, and that option is missing")
    }
    if let text = arguments.value("look-in") {
      guard let known = Place(rawValue: text) else {
        throw UsageError("`--look-in \(escapedForTerminal(text))`: expected all or declared")
      }
      place = known
    }
  }

  private static func causes(_ text: String) throws(UsageError) -> Set<Drift.Cause> {
    var causes: Set<Drift.Cause> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      guard let cause = Drift.Cause(rawValue: part) else {
        let all = Drift.Cause.allCases.map(\.rawValue)
        let near = closestMatch(to: part, in: all).map { "did you mean `\($0)`? " } ?? ""
        throw UsageError(
          "`--fail-on \(escapedForTerminal(text))`: \(near)expected some of "
            + "\(all.joined(separator: ", ")), separated by commas")
      }
      causes.insert(cause)
    }
    return causes
  }

  /// The address of a policy, or one grant of it; never a glob, so that a person names each of them.
  private static func grants(_ text: String) throws(UsageError) -> GrantPattern {
    func fail(_ why: String) -> UsageError {
      UsageError(
        "`--accept \(escapedForTerminal(text))`: \(why); write the address of a policy, or "
          + "'POLICY-ADDRESS role=ROLE member=MEMBER condition=TITLE'")
    }
    var pattern = GrantPattern(policies: AddressGlob(text))
    if text.contains(" ") {
      do throws(GrantPattern.Mistake) {
        pattern = try GrantPattern(parsing: text)
      } catch {
        throw fail(escapedForTerminal(error.message))
      }
    }
    let address = pattern.policies.pattern
    guard !address.contains("*") else { throw fail("expected one address, not a glob") }
    guard address.contains("/") else { throw fail("expected a whole address") }
    return pattern
  }
}
