/// The candidate that a misspelt word most likely means; nil if none is close.
///
/// A candidate that differs only in case wins. Otherwise the one with the fewest letters added, left out, changed or
/// swapped, if these are at most a third of the longer word. Otherwise the only candidate that begins with the word, or
/// with which the word begins.
public func closestMatch(to word: String, in candidates: some Sequence<String>) -> String? {
  Vocabulary(candidates).match(word)?.candidate
}

/// Damerau-Levenshtein distance, each pair of letters swapped at most once; nil if it is more than `limit`.
///
/// Only the cells near the diagonal are computed: the others exceed the limit.
func editDistance(
  _ left: [Unicode.Scalar], _ right: [Unicode.Scalar], atMost limit: Int, steps: inout Int
) -> Int? {
  guard limit >= 0, abs(left.count - right.count) <= limit else { return nil }
  let far = limit + 1
  var beforeLast = [Int](repeating: far, count: right.count + 1)
  var last = (0...right.count).map { min($0, far) }
  var row = beforeLast
  for (i, letter) in left.enumerated() {
    let columns = max(0, i - limit)..<min(right.count, i + limit + 1)
    for index in row.indices { row[index] = far }
    row[0] = min(i + 1, far)
    steps += columns.count
    for j in columns {
      let other = right[j]
      var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (letter == other ? 0 : 1))
      if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
        least = min(least, beforeLast[j - 1] + 1)
      }
      row[j + 1] = min(least, far)
    }
    if row.allSatisfy({ $0 == far }), last.allSatisfy({ $0 == far }) { return nil }
    (beforeLast, last, row) = (last, row, beforeLast)
  }
  return last[right.count] <= limit ? last[right.count] : nil
}
