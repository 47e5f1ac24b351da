import Diagnostics
import Model

/// The change of a key that was made elsewhere: it must exist, and arctl does nothing with it but delete it.
struct ExternalKeyDiff {
  let desired: DesiredKey
  /// Google's id of it.
  let keyID: String
  let live: [LiveKey]
  /// The declaration of a key that arctl makes and whose key this is: by a file here, or by the name of its certificate.
  let holder: DesiredKey?
  /// Unix seconds.
  let now: Int64

  func change() -> Change {
    guard let key = live.first(where: { $0.id == keyID }) else {
      return desired.lifecycle.ensure == .absent ? Change(of: desired, .gone) : missing
    }
    return desired.lifecycle.ensure == .absent ? absence(of: key) : presence(of: key)
  }

  private var missing: Change {
    refusal(
      .mustExist,
      Statement(
        "key.external.missing",
        "\(desired.email) has no key \(keyID), and arctl does not create a key with `origin: external`"
      ),
      remedy:
        "if it was deleted, remove this document; if another key took its place, write that one's id as `keyId`, "
        + "or declare a key that arctl makes")
  }

  private func presence(of key: LiveKey) -> Change {
    if let holder {
      return refusal(
        .keyDuplicate,
        Statement(
          "key.external.held", "key \(keyID) is also that of \(holder.address), which arctl makes"),
        remedy: "remove one of the two documents: a key has one declaration")
    }
    var change = Change(of: desired, .unchanged)
    if key.isDisabled {
      // It signs nothing in, so its end is not near in any sense that matters.
      change.remarks = [
        Statement(
          "key.external.disabled", "key \(keyID) is disabled; arctl neither enables nor disables it"
        )
      ]
    } else {
      change.keyChange?.ageing = KeyAgeing(key, now: now)
      change.keyChange?.setEnd(of: key, now: now)
    }
    return change
  }

  private func absence(of key: LiveKey) -> Change {
    if let holder, holder.lifecycle.ensure == .present {
      return Change(
        of: desired, .gone,
        because: Statement(
          "key.external.of-another", "key \(keyID) is that of \(holder.address), and stays"))
    }
    return Change(
      of: desired, .delete, because: Statement("key.id", "key \(keyID)"),
      order: .delete(keyID: keyID))
  }

  private func refusal(_ code: DiagnosticCode, _ message: Statement, remedy: String) -> Change {
    var change = Change(of: desired, .refused)
    change.intended = .create
    change.refusals = [Refusal(code, message, remedy: remedy)]
    return change
  }
}
