import CloudResources
import GoogleCloud
import Model

/// The refused grants of one policy's intent, and the rest that is still to be written.
struct PolicyRefusals {
  private let intent: PolicyIntent
  private let policy: Address
  /// The part that can still be written.
  private(set) var rest: PolicyIntent
  private var refused: [RefusedGrant] = []
  private var first: APIError?
  private var rounds = 0
  /// Whether the last refusal named none of the added members.
  private var isUnnamed = false

  /// How many refusals can leave out the members that they name, before only the removals are written.
  static let limit = 3

  init(of intent: PolicyIntent, policy: Address) {
    self.intent = intent
    self.policy = policy
    rest = intent
  }

  /// Records a refusal; false if nothing is left to write.
  mutating func record(_ error: APIError) -> Bool {
    let additions = rest.additions
    // Without additions there is no member to leave out, so the refusal is about something else.
    guard !additions.isEmpty else { return false }
    var named = RefusalText(error.message).named(among: additions)
    isUnnamed = named.isEmpty
    rounds += 1
    // Each round writes the whole policy again, so the number of rounds is limited. A refusal that names none of the
    // additions does not say which one to leave out: then all of them are.
    let others =
      named.isEmpty || rounds > Self.limit ? Set(additions).subtracting(named) : []
    let why =
      named.isEmpty
      ? error.message : "left out after \(Self.limit) rounds of refusals of other members"
    refused += named.sorted().map { refusal(of: $0, error.message) }
    refused += others.sorted().map { refusal(of: $0, why) }
    named.formUnion(others)
    // The report quotes the first refusal, which is about the whole intent.
    first = first ?? error
    // Holds back the removals of those roles as well: a member keeps its access until its successor has it.
    rest = rest.without(named)
    return !rest.isEmpty
  }

  private func refusal(of grant: Grant, _ reason: String) -> RefusedGrant {
    // With its place in the manifests, so that the report leads to the line to correct.
    RefusedGrant(grant, .notAdded, reason: reason, source: intent.place(of: grant))
  }

  /// The failure of a write that left out a part; nil if the server refused nothing.
  var failure: OperationFailure? {
    guard let first else { return nil }
    var failure = completed(OperationFailure(first))
    // The rest is written, and the report must not read as if the policy were unchanged.
    failure.isPartial = true
    return failure
  }

  /// The failure of a write that changed nothing.
  func failure(after failure: OperationFailure) -> OperationFailure {
    // With refusals recorded, the report names their grants: the user has to correct them whatever stopped the write.
    refused.isEmpty ? failure : completed(failure)
  }

  private func completed(_ failure: OperationFailure) -> OperationFailure {
    var failure = failure
    let kept = Set(rest.removals)
    // A held-back removal stays in the policy, so the report must name it, too.
    let waiting = intent.removals.filter { !kept.contains($0) }
    failure.refusedGrants =
      refused.sorted { $0.grant < $1.grant }
      + waiting.sorted().map {
        RefusedGrant(
          $0, .notRemoved, reason: "an addition to the same role was refused", source: nil)
      }
    // The server will refuse these grants again until a person corrects them.
    failure.isFinal = failure.kind == .other
    // Help that came with the error knows more, such as a permission that is missing.
    if failure.help.isEmpty { failure.help = help }
    return failure
  }

  private var help: String {
    // arctl left out all additions then, so no single one of them is to blame.
    if isUnnamed { return "the refusal names no member: add the members one at a time to find it" }
    guard let grant = refused.first?.grant else { return "" }
    // As a complete flag, which the user can paste.
    let pattern = GrantPattern(
      policies: AddressGlob(policy.description), role: grant.role, member: grant.member)
    let more = refused.count > 1 ? ", and so on" : ""
    return
      "correct the member, or leave it out until it exists: \(pattern.exclusion)\(more)"
  }
}
