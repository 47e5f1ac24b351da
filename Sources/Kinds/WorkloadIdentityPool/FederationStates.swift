import JSON
import Model

/// The states of pools and providers.
enum FederationStates {
  static let all = Enumeration(["ACTIVE", "DELETED"], unspecified: "STATE_UNSPECIFIED")

  /// The state of one that is not deleted. Whatever arctl does not know is neither present nor absent.
  static func state(of live: JSONValue) -> ObservedState {
    live["state"] == "ACTIVE" ? .present : .unknown("is in a state that arctl does not know")
  }
}

/// What to do before a deletion.
enum FederationAdvice {
  static func beforeDeleting(_ live: JSONValue, _ noun: String) -> Statement? {
    guard live["disabled"]?.bool != true else { return nil }
    return Statement(
      "disable-federation-first",
      "workloads may still sign in through this \(noun): set `disabled: true` first, and delete it after a grace period"
    )
  }
}
