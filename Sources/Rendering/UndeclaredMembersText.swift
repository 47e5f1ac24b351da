import Diagnostics
import Model

/// The words for undeclared members, in text and Markdown.
enum UndeclaredMembersText {
  /// `3 members hold a role that no manifest grants, 1 of them public, 1 privileged`.
  static func headline(_ rows: [UndeclaredMember]) -> String {
    let head = rows.count == 1 ? "1 member holds" : "\(rows.count) members hold"
    let dangers = [UndeclaredMember.Standing.everyone, .privileged].compactMap { standing in
      let count = rows.count { $0.standing == standing }
      return count > 0 ? (count: count, word: standing.rawValue) : nil
    }
    guard let first = dangers.first else { return "\(head) a role that no manifest grants" }
    let list =
      rows.count == 1
      ? first.word
      : (["\(first.count) of them \(first.word)"]
        + dangers.dropFirst().map { "\($0.count) \($0.word)" })
        .joined(separator: ", ")
    return "\(head) a role that no manifest grants, \(list)"
  }
}

extension UndeclaredMember {
  /// The policy, the role, the condition and the member in one line, and how dangerous it is.
  var text: String {
    let condition = condition.map { "   \($0.label)" } ?? ""
    let danger = standing.isDangerous ? "   \(standing.rawValue)" : ""
    return "\(policy)   \(role)".escapedForTerminal + condition
      + "   \(member.escapedForTerminal)" + danger
  }
}

extension UndeclaredMember.Standing {
  /// Whether every such member is listed, however many there are.
  var isNeverCut: Bool {
    switch self {
    case .everyone, .privileged, .user: true
    case .other, .google: false
    }
  }
}

extension Plan {
  /// Whether a row shows that the other places matter: a resource is created in a location, and may live in another one.
  var namesOtherPlaces: Bool {
    changes.contains { $0.intended == .create && $0.address.resource?.place.isLocation == true }
  }
}
