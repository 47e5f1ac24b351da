/// Sequences of 16 bytes that are looked for in texts, in one pass however many there are. Bytes are compared after a
/// folding, which may make one of several.
struct SampleSet: Sendable {
  /// The bytes of a sample: long enough that it does not occur by chance.
  static let width = 16

  private var samples: Set<UInt128> = []
  /// By a digest of the last four bytes of a sample: for most positions in a text this table is all that is read. (Of
  /// two bytes, every seventh pair in an answer was one of a token's.)
  private var filter = [Bool](repeating: false, count: 1 << 16)
  private let folding: [UInt8]

  /// - Parameter folding: what each byte counts as.
  init(folding: [UInt8] = Array(0...255)) { self.folding = folding }

  var isEmpty: Bool { samples.isEmpty }

  /// Adds the sample that these bytes are.
  mutating func insert(_ bytes: some Sequence<UInt8>) {
    let sample = sample(bytes)
    samples.insert(sample)
    filter[Self.place(UInt32(truncatingIfNeeded: sample))] = true
  }

  private func sample(_ bytes: some Sequence<UInt8>) -> UInt128 {
    bytes.reduce(0) { $0 << 8 | UInt128(folding[Int($1)]) }
  }

  private static func place(_ bytes: UInt32) -> Int { Int((bytes &* 0x9E37_79B1) >> 16) }

  /// The end of the first sample in the bytes that ends after `start`; nil if there is none.
  func firstEnd(in bytes: UnsafeBufferPointer<UInt8>, after start: Int = 0) -> Int? {
    folding.withUnsafeBufferPointer { folding in
      filter.withUnsafeBufferPointer { filter in
        var last: UInt32 = 0
        var index = max(0, start - 3)
        while index < bytes.count {
          last = last << 8 | UInt32(folding[Int(bytes[index])])
          index += 1
          if filter[Self.place(last)], index > start, index >= Self.width,
            samples.contains(sample(bytes[index - Self.width..<index]))
          {
            return index
          }
        }
        return nil
      }
    }
  }
}
