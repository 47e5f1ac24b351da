import Diagnostics
import Manifests
import Model

/// Finds keys that two declarations claim: by the names of their certificates or by the ids of keys made elsewhere.
enum KeyClaims {
  /// Reports the claims within one set. What is declared twice under one address is reported elsewhere.
  static func report(_ keys: [DesiredKey], _ sink: DiagnosticSink) {
    for (first, second) in doubles(in: keys.map { ($0, 0) }) {
      sink.error(
        .fieldConflict,
        "`\(second.address)` and `\(first.address)` claim the same key of \(second.email)",
        at: second.source, related: [.init(first.source, "claimed here too")],
        help: second.origin == .external
          ? "a key has one declaration: correct `keyId`, or remove one of the documents"
          : "a key has one declaration: correct `formerly`, or remove one of the documents")
    }
  }

  /// The pairs of declarations with a certificate's name or an account's key in common; of one group at most one pair for
  /// each name.
  ///
  /// - Parameter keys: each with the number of its set.
  static func doubles(in keys: [(key: DesiredKey, set: Int)]) -> [(DesiredKey, DesiredKey)] {
    var holders: [String: DesiredKey] = [:]
    var found: [(DesiredKey, DesiredKey)] = []
    for (key, _) in keys.sorted(by: { ($0.set, $0.key.source) < ($1.set, $1.key.source) }) {
      let names =
        key.keyID.map { ["\(key.account) \($0)"] } ?? [key.commonName] + key.formerCommonNames
      for name in names {
        if let holder = holders[name], holder.source != key.source {
          found.append((holder, key))
        } else {
          holders[name] = key
        }
      }
    }
    return found
  }
}
