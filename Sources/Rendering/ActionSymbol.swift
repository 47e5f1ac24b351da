import Diagnostics
import Model

extension Change.Action {
  /// The sign in front of a row: `+ create`, `~ change`, `- delete`, `-/+ replace`, `^ undelete`, `= unchanged`,
  /// `x refused`, `? unreadable or blocked`.
  var symbol: String {
    switch self {
    case .create: "+"
    case .update: "~"
    case .delete: "-"
    case .replace: "-/+"
    case .undelete: "^"
    case .unchanged, .gone, .heldElsewhere, .pending: "="
    case .refused: "x"
    case .unreadable, .waiting: "?"
    }
  }

  /// The word for the action, where a sign is not enough.
  var word: String {
    switch self {
    case .create: "create"
    case .update: "change"
    case .delete: "delete"
    case .replace: "replace"
    case .undelete: "undelete"
    case .unchanged: "unchanged"
    case .gone: "absent"
    case .heldElsewhere: "held elsewhere"
    case .pending: "pending"
    case .refused: "refused"
    case .unreadable: "unreadable"
    case .waiting: "blocked"
    }
  }

  /// The colour of the sign.
  var ink: Style.Role {
    switch self {
    case .create: .added
    case .update: .changed
    case .delete, .replace: .removed
    case .undelete: .note
    case .unchanged, .gone, .heldElsewhere, .pending: .dimmed
    case .refused: .refused
    case .unreadable, .waiting: .warning
    }
  }

  /// The text after the address if the change has no reason of its own.
  var defaultReason: String? {
    switch self {
    case .gone: "absent; this document can be removed"
    case .heldElsewhere: "held elsewhere, not verified"
    case .create, .update, .delete, .replace, .undelete, .unchanged, .pending, .refused,
      .unreadable, .waiting:
      nil
    }
  }
}
