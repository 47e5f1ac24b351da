/// The limit of what variables and `each` may expand to: without it a megabyte of manifests could fill the memory.
///
/// One for each set, shared by all of its substitutions.
final class ExpansionBudget {
  /// The most bytes of one text.
  static let maximumText = 1 << 20
  /// The most bytes of all expanded values, with `costOfNode` for each value.
  static let maximumTotal = 64 << 20
  /// The assumed bytes of a value besides its text.
  static let costOfNode = 32

  private var left = ExpansionBudget.maximumTotal
  /// Whether it is used up: nothing more is expanded, and the result is incomplete.
  var isSpent: Bool { left < 0 }

  /// Subtracts the cost of one value; false once nothing is left.
  func take(_ bytes: Int) -> Bool {
    if isSpent { return false }
    left -= bytes + ExpansionBudget.costOfNode
    return !isSpent
  }
}
