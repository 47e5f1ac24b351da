/// The candidate that was most likely meant by a misspelt word; nil when none is near.
///
/// One that differs only in case wins. Otherwise the least number of letters added, left out,
/// changed or swapped, when that is at most a third of the longer word. Otherwise the only one that
/// begins with the word, or with which the word begins.
public func closestMatch(to word: String, in candidates: some Sequence<String>) -> String? {
  let wanted = Array(word.lowercased().unicodeScalars)
  guard !wanted.isEmpty, wanted.count <= 100 else { return nil }
  var best: (candidate: String, distance: Int)?
  for candidate in candidates {
    let letters = Array(candidate.lowercased().unicodeScalars)
    if letters == wanted { return candidate }
    let limit = max(1, max(wanted.count, letters.count) / 3)
    guard abs(letters.count - wanted.count) <= limit else { continue }
    let distance = editDistance(wanted, letters)
    guard distance <= limit, distance < (best?.distance ?? .max) else { continue }
    guard distance < max(wanted.count, letters.count) else { continue }
    best = (candidate, distance)
  }
  return best?.candidate ?? onlyExtension(of: word.lowercased(), in: candidates)
}

private func onlyExtension(of word: String, in candidates: some Sequence<String>) -> String? {
  let near = candidates.filter { candidate in
    let other = candidate.lowercased()
    let shorter = min(word.utf8.count, other.utf8.count)
    return shorter >= 3 && (other.hasPrefix(word) || word.hasPrefix(other))
  }
  return near.count == 1 ? near[0] : nil
}

/// Damerau-Levenshtein distance, each pair of letters swapped at most once.
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for (i, letter) in left.enumerated() {
    var row = [i + 1]
    for (j, other) in right.enumerated() {
      var least = min(last[j + 1] + 1, row[j] + 1, last[j] + (letter == other ? 0 : 1))
      if i > 0, j > 0, letter == right[j - 1], left[i - 1] == other {
        least = min(least, beforeLast[j - 1] + 1)
      }
      row.append(least)
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}
