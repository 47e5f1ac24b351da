import Grammar
import Model

extension Plan {
  /// The same plan with a `destination` row on each key to create, as the text, JSON and Markdown forms show it.
  ///
  /// - Parameter folder: this machine's key directory; nil to leave it out. It is not part of the plan, because other
  ///   machines may read or apply the plan.
  func withKeyRows(in folder: String? = nil) -> Plan {
    var plan = self
    let keys = desiredKeys
    for (index, change) in changes.enumerated() where change.fields.isEmpty {
      guard let key = keys[change.address], change.key?.makesFile == true else { continue }
      plan.changes[index].keyChange?.destination = key.destination(in: folder)
    }
    return plan
  }

  /// `1 key is held elsewhere, not verified: serviceAccountKey/uploader/k (--show unchanged)`; nil if there is none.
  var heldElsewhereSentence: String? {
    let keys = changes.filter(\.isQuietlyHeldElsewhere).map(\.address)
    guard !keys.isEmpty else { return nil }
    let projects = Set(changes.map(\.address.project))
    let names = keys.prefix(3).map {
      (projects.count == 1 ? $0.local : $0.description).escapedForTerminal
    }
    let more = keys.count > 3 ? " and \(keys.count - 3) more" : ""
    let subject = keys.count == 1 ? "1 key is" : "\(keys.count) keys are"
    return "\(subject) held elsewhere, not verified (--show unchanged): "
      + names.joined(separator: ", ") + more
  }

  private var desiredKeys: [Address: DesiredKey] {
    var keys: [Address: DesiredKey] = [:]
    for operation in operations {
      if case .key(_, let key) = operation.action { keys[operation.address] = key }
    }
    return keys
  }
}

extension Change {
  /// Whether it is a key on another machine about which there is nothing else to say.
  var isQuietlyHeldElsewhere: Bool {
    action == .heldElsewhere && keyChange?.superseded == nil && remarks.isEmpty && note == nil
  }
}

extension KeyAction {
  fileprivate var makesFile: Bool {
    switch self {
    case .issue, .reissue, .supersede, .reclaim, .resume, .importExisting: true
    case .removeLeftovers, .retire, .delete: false
    }
  }
}

extension DesiredKey {
  /// `keys/uploader-key.json (0600), expires in 90d`; with `made by Google` if Google generates the key.
  fileprivate func destination(in folder: String?) -> String {
    let path = folder.map { "\($0)/\(file)" } ?? file
    let place = remote?.text ?? "\(path) (0600)"
    let end = expires.map { "expires in \(ApiDuration(seconds: $0).text)" }
    let maker = origin == .google ? ", made by Google" : ""
    return "\(place)\(maker), \(end ?? "no expiry")"
  }
}
