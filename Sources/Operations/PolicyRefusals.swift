import CloudResources
import GoogleCloud
import Model

/// What the server has refused of one policy's intent, and what is left to write.
struct PolicyRefusals {
  private let intent: PolicyIntent
  private let policy: Address
  /// What can still be written.
  private(set) var rest: PolicyIntent
  private var refused: [RefusedGrant] = []
  private var first: APIError?
  private var rounds = 0
  /// Whether the last refusal named none of the members that were to be added.
  private var isUnnamed = false

  /// How often members that a refusal names are left out, before the removals are written alone.
  static let limit = 3

  init(of intent: PolicyIntent, policy: Address) {
    self.intent = intent
    self.policy = policy
    rest = intent
  }

  /// Takes in a refusal; false where nothing is left to write.
  mutating func record(_ error: APIError) -> Bool {
    let additions = rest.additions
    guard !additions.isEmpty else { return false }
    var named = RefusalText(error.message).named(among: additions)
    isUnnamed = named.isEmpty
    rounds += 1
    let others =
      named.isEmpty || rounds > Self.limit ? Set(additions).subtracting(named) : []
    let why =
      named.isEmpty
      ? error.message : "left out after \(Self.limit) rounds of refusals of other members"
    refused += named.sorted().map { refusal(of: $0, error.message) }
    refused += others.sorted().map { refusal(of: $0, why) }
    named.formUnion(others)
    first = first ?? error
    rest = rest.without(named)
    return !rest.isEmpty
  }

  private func refusal(of grant: Grant, _ reason: String) -> RefusedGrant {
    RefusedGrant(grant, .notAdded, reason: reason, source: intent.place(of: grant))
  }

  /// The failure of a write of which the rest was written; nil where nothing was refused.
  var failure: OperationFailure? {
    guard let first else { return nil }
    var failure = completed(OperationFailure(first))
    failure.isPartial = true
    return failure
  }

  /// The failure of a write of which nothing was written.
  func failure(after failure: OperationFailure) -> OperationFailure {
    refused.isEmpty ? failure : completed(failure)
  }

  private func completed(_ failure: OperationFailure) -> OperationFailure {
    var failure = failure
    let kept = Set(rest.removals)
    let waiting = intent.removals.filter { !kept.contains($0) }
    failure.refusedGrants =
      refused.sorted { $0.grant < $1.grant }
      + waiting.sorted().map {
        RefusedGrant(
          $0, .notRemoved, reason: "an addition to the same role was refused", source: nil)
      }
    failure.isFinal = failure.kind == .other
    if failure.help.isEmpty { failure.help = help }
    return failure
  }

  private var help: String {
    if isUnnamed { return "the refusal names no member: add the members one at a time to find it" }
    guard let grant = refused.first?.grant else { return "" }
    let pattern = GrantPattern(
      policies: AddressGlob(policy.description), role: grant.role, member: grant.member)
    let more = refused.count > 1 ? ", and so on" : ""
    return
      "correct the member, or leave it out until it exists: \(pattern.exclusion)\(more)"
  }
}
