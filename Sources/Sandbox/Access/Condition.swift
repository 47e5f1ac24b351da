/// Evaluation of a binding's condition.
///
/// The sandbox understands `request.time < timestamp("...")` and no more; any other expression holds for nobody.
enum Condition {
  static func holds(_ condition: PolicyRecord.Condition?, now: Int64) -> Bool {
    guard let condition else { return true }
    let pattern = /\s*request\.time\s*(<=|<|>=|>)\s*timestamp\(\s*["']([^"']+)["']\s*\)\s*/
    guard let match = condition.expression.wholeMatch(of: pattern),
      let time = Timestamps.parse(String(match.2))
    else { return false }
    switch match.1 {
    case "<": return now < time
    case "<=": return now <= time
    case ">": return now > time
    default: return now >= time
    }
  }
}
