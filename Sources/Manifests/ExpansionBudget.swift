/// The limit of what variables and `each` may expand to: a megabyte of manifests could otherwise fill
/// the memory.
///
/// One for a set, shared by all of its substitutions.
final class ExpansionBudget {
  /// The most bytes of one text.
  static let maximumText = 1 << 20
  /// The most bytes of everything that is made, with `costOfNode` for each value.
  static let maximumTotal = 64 << 20
  /// The bytes that a value is assumed to take besides its text.
  static let costOfNode = 32

  private var left = ExpansionBudget.maximumTotal
  /// Whether it is used up: nothing more is expanded, and the result is not the whole set.
  var isSpent: Bool { left < 0 }

  /// Takes the cost of one value from it; false once there is nothing left.
  func take(_ bytes: Int) -> Bool {
    if isSpent { return false }
    left -= bytes + ExpansionBudget.costOfNode
    return !isSpent
  }
}
