import Testing

@testable import Diagnostics

@Suite struct VocabularyTests {
  /// The rule itself, without optimizations.
  private func plainMatch(_ word: String, _ candidates: [String]) -> String? {
    let wanted = Array(word.lowercased().unicodeScalars)
    if wanted.isEmpty { return nil }
    var best: (String, Int)?
    for candidate in candidates {
      let letters = Array(candidate.lowercased().unicodeScalars)
      if letters == wanted { return candidate }
      let longest = max(wanted.count, letters.count)
      let distance = distance(wanted, letters)
      if distance <= max(1, longest / 3), distance < longest, distance < best?.1 ?? .max {
        best = (candidate, distance)
      }
    }
    if let best { return best.0 }
    let near = candidates.filter {
      let other = $0.lowercased()
      return min(other.utf8.count, word.utf8.count) >= 3
        && (other.hasPrefix(word.lowercased()) || word.lowercased().hasPrefix(other))
    }
    return near.count == 1 ? near.first : nil
  }

  private func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var rows = [Array(0...right.count)]
    for i in 1..<(left.count + 1) {
      var row = [i]
      for j in 1..<(right.count + 1) {
        var least = min(
          rows[i - 1][j] + 1, row[j - 1] + 1,
          rows[i - 1][j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1))
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          least = min(least, rows[i - 2][j - 2] + 1)
        }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }

  @Test func searchesFollowTheRule() {
    var random = SystemRandomNumberGenerator()
    let seed = random.next() % 1_000_000
    var generator = Generator(state: seed)
    func word() -> String {
      String(
        (0..<Int.random(in: 1...9, using: &generator)).map { _ in
          "abcAB-".randomElement(using: &generator) ?? "a"
        })
    }
    for _ in 0..<2000 {
      let candidates = (0..<Int.random(in: 1...12, using: &generator)).map { _ in word() }
        .filter { !$0.isEmpty }
      let wanted = word()
      #expect(
        closestMatch(to: wanted, in: candidates) == plainMatch(wanted, candidates),
        "seed \(seed): \(wanted) in \(candidates)")
    }
  }

  /// A limited search of many words costs no more than a search of few, and finds one mistake anywhere in a word.
  @Test func aLimitedSearchIsBounded() {
    for count in [1000, 16_000] {
      let vocabulary = Vocabulary((0..<count).map { "team-\($0)-libraries" })
      let before = vocabulary.steps
      for number in stride(from: 0, to: count, by: count / 100) {
        for slip in [
          "taem-\(number)-libraries", "team-\(number)-librareis", "team-\(number)-librraries",
        ] {
          #expect(
            vocabulary.match(slip, isConfined: true)?.candidate == "team-\(number)-libraries")
        }
      }
      #expect(vocabulary.steps - before < 300 * 200 * 60)
    }
  }

  @Test func theWordItselfCanBeLeftOut() {
    let vocabulary = Vocabulary(["libs", "libs2"])
    #expect(vocabulary.match("libs")?.candidate == "libs")
    #expect(vocabulary.match("libs", skipsSame: true)?.candidate == "libs2")
  }
}

private struct Generator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
