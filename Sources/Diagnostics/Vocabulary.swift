/// The correct words for a misspelt word, prepared for many searches.
///
///     Vocabulary(["labels", "format"]).match("lables")?.candidate   // "labels"
///
/// The rules are those of `closestMatch(to:in:)`. A search of a large vocabulary can be limited to the candidates that
/// share the start or the end of the word: it then takes about as long in ten thousand words as in two hundred.
public final class Vocabulary {
  /// A candidate and its distance.
  public struct Match {
    /// The word as the vocabulary holds it.
    public let candidate: String
    /// 0: only the case differs; else the number of edits; `.max`: one word begins with the other.
    public let distance: Int
  }

  /// Up to this number of candidates, a search compares all of them.
  public static let smallCount = 200
  /// The number of candidates that a limited search compares, on either side of the word in either order.
  private static let reach = 50

  private let candidates: [String]
  /// The candidates in lower case, as code points.
  private let folded: [[Unicode.Scalar]]
  private var known: [Query: Match?] = [:]
  /// The number of compared letters: the cost of the searches.
  public private(set) var steps = 0

  private struct Query: Hashable {
    let word: String
    let isConfined: Bool
    let skipsSame: Bool
  }

  /// The words to search in; among equally close ones the first wins.
  public init(_ candidates: some Sequence<String>) {
    self.candidates = Array(candidates)
    folded = self.candidates.map { Array($0.lowercased().unicodeScalars) }
  }

  /// The number of candidates.
  public var count: Int { candidates.count }

  /// The closest candidate; nil if none is close. `skipsSame` leaves out the word itself.
  public func match(
    _ word: String, isConfined: Bool = false, skipsSame: Bool = false
  ) -> Match? {
    let query = Query(
      word: word, isConfined: isConfined && count > Self.smallCount, skipsSame: skipsSame)
    if let result = known[query] { return result }
    let result = search(query)
    known[query] = .some(result)
    return result
  }

  private func search(_ query: Query) -> Match? {
    let wanted = Array(query.word.lowercased().unicodeScalars)
    guard !wanted.isEmpty, wanted.count <= 100 else { return nil }
    let isAllowed = { [candidates] in !query.skipsSame || candidates[$0] != query.word }
    let same = (places[wanted] ?? []).first(where: isAllowed)
    if let same { return Match(candidate: candidates[same], distance: 0) }
    let looked = query.isConfined ? neighbours(of: wanted) : Array(candidates.indices)
    return nearest(to: wanted, among: looked.filter(isAllowed))
      ?? onlyExtension(of: wanted, isAllowed)
  }

  private func nearest(to wanted: [Unicode.Scalar], among places: [Int]) -> Match? {
    var best: (place: Int, distance: Int)?
    for place in places {
      let letters = folded[place]
      let longest = max(wanted.count, letters.count)
      let limit = min(max(1, longest / 3), longest - 1, (best?.distance ?? .max) - 1)
      guard abs(letters.count - wanted.count) <= limit,
        let distance = editDistance(wanted, letters, atMost: limit, steps: &steps)
      else { continue }
      best = (place, distance)
      if distance == 1 { break }
    }
    return best.map { Match(candidate: candidates[$0.place], distance: $0.distance) }
  }

  /// The only candidate that begins with the word, or with which the word begins; three letters at least.
  private func onlyExtension(of wanted: [Unicode.Scalar], _ isAllowed: (Int) -> Bool) -> Match? {
    guard wanted.count >= 3 else { return nil }
    var found: [Int] = []
    for length in 3..<max(3, wanted.count) {
      steps += 1
      found += places[Array(wanted[..<length])] ?? []
    }
    var next = forward.place(of: wanted, in: folded)
    // Two matches show that neither is the only one.
    while next < forward.order.count, found.count < 3,
      folded[forward.order[next]].starts(with: wanted)
    {
      steps += 1
      found.append(forward.order[next])
      next += 1
    }
    found = found.filter(isAllowed)
    guard found.count == 1 else { return nil }
    return Match(candidate: candidates[found[0]], distance: .max)
  }

  /// The candidates around the word in alphabetical order, and in alphabetical order of the reversed words.
  private func neighbours(of wanted: [Unicode.Scalar]) -> [Int] {
    var found: Set<Int> = []
    let letters = wanted.filter(Self.isLetter)
    for (order, words, word) in [
      (lettersForward, letterWords, letters), (lettersBackward, reversed, letters.reversed()),
    ] {
      let middle = order.place(of: word, in: words)
      let range = max(0, middle - Self.reach)..<min(order.order.count, middle + Self.reach)
      found.formUnion(order.order[range])
    }
    return found.sorted()
  }

  /// The places of each word in lower case, in order.
  private lazy var places: [[Unicode.Scalar]: [Int]] = Dictionary(
    grouping: folded.indices, by: { folded[$0] })
  private lazy var forward = Order(folded)
  /// Words without their separators: an additional hyphen would move a word far away in the order.
  private lazy var letterWords = folded.map { $0.filter(Self.isLetter) }
  private lazy var lettersForward = Order(letterWords)
  private lazy var reversed = letterWords.map { Array($0.reversed()) }
  private lazy var lettersBackward = Order(reversed)

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    !"-_./: ".unicodeScalars.contains(scalar)
  }
}

/// The places of words, in the alphabetical order of the words.
private struct Order {
  let order: [Int]

  init(_ words: [[Unicode.Scalar]]) {
    order = words.indices.sorted { words[$0].lexicographicallyPrecedes(words[$1]) }
  }

  /// The index of a word, or the index at which it would be inserted.
  func place(of word: [Unicode.Scalar], in words: [[Unicode.Scalar]]) -> Int {
    var (low, high) = (0, order.count)
    while low < high {
      let middle = (low + high) / 2
      if words[order[middle]].lexicographicallyPrecedes(word) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }
}
