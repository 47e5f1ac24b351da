import Model

/// The steps of a key's rotation: when the key in use is replaced, and when the keys that it replaced are disabled and
/// deleted.
///
/// The clock of the steps is the start of the *new* key: an old one is disabled one overlap after it, and deleted after
/// two. A key whose start the server does not say takes no step.
struct KeyRotation {
  let desired: DesiredKey
  /// The key that the destination holds.
  let current: LiveKey
  /// The keys of the declaration that it replaced, enabled or not.
  let former: [LiveKey]
  /// When a store of secrets got the key in use, in Unix seconds; nil for a file, whose time is this machine's.
  var stored: Int64?
  /// Unix seconds.
  let now: Int64

  /// Since when the key in use should be replaced; nil while it need not be.
  var due: Int64? {
    guard let after = desired.rotateAfter, let start = current.validAfter else { return nil }
    return start + after <= now ? start + after : nil
  }

  /// What is due against the former keys; nil if nothing is. A key is deleted by a later run than the one that disabled
  /// it, so that whoever still uses it notices while it can be enabled again.
  var retirement: KeyRetirement? {
    var step = KeyRetirement(current: current.id)
    for key in former {
      guard let start = start(of: key) else { continue }
      if signsIn(key) {
        if start + desired.overlap <= now { step.disable.append(key.id) }
      } else if start + 2 * desired.overlap <= now {
        step.delete.append(key.id)
      }
    }
    step = KeyRetirement(current: step.current, disable: step.disable, delete: step.delete)
    return step.isEmpty ? nil : step
  }

  /// What a report says of the former keys; nil if there are none.
  func superseded(files: [String]) -> SupersededKeys? {
    guard !former.isEmpty else { return nil }
    var keys = SupersededKeys(
      current: current.id, live: former.filter(signsIn).map(\.id), files: files,
      since: current.validAfter, email: desired.email)
    keys.disabled = former.filter { !signsIn($0) }.map(\.id).sorted()
    let starts = former.compactMap(start)
    if starts.count == former.count, let last = starts.max() {
      keys.disableOn = last + desired.overlap
      keys.deleteOn = last + 2 * desired.overlap
    }
    return keys
  }

  /// From when the steps against a former key count: it may be newer than the one in use, if a run was interrupted
  /// before it could store it.
  private func start(of key: LiveKey) -> Int64? {
    guard let start = current.validAfter, let own = key.validAfter else { return nil }
    return max(start, own, stored ?? start)
  }

  private func signsIn(_ key: LiveKey) -> Bool {
    !key.isDisabled && (key.validBefore.map { $0 > now } ?? true)
  }
}

extension KeyRetirement {
  /// The row's words: `disable key K, replaced by N since 2026-11-21`.
  ///
  /// - Parameter since: the start of the key that replaced the others, in Unix seconds.
  func reason(since: Int64?) -> Statement {
    func keys(_ ids: [String]) -> Statement.Sentence {
      "\(words: ids.count == 1 ? "key" : "keys") \(ids.joined(separator: ", "))"
    }
    let successor: Statement.Sentence =
      since.map { ", replaced by \(current) since \(Day($0))" } ?? ", replaced by \(current)"
    if delete.isEmpty {
      return Statement("key.retire.disable", "disable " + keys(disable) + successor)
    }
    let deletion = "delete " + keys(delete) + successor
    guard !disable.isEmpty else { return Statement("key.retire.delete", deletion) }
    return Statement("key.retire", deletion + "; disable " + keys(disable))
  }
}
