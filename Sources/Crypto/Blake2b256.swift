/// A BLAKE2b hash of 32 bytes (RFC 7693) of bytes that come piece by piece: OpenSSL has that of 64 bytes only.
public struct Blake2b256: Sendable {
  private var state: [UInt64]
  /// What is not mixed in yet: the last block is mixed otherwise than the others.
  private var block: [UInt8] = []
  private var count: UInt64 = 0

  private static let blockSize = 128

  private static let start: [UInt64] = [
    0x6A09_E667_F3BC_C908, 0xBB67_AE85_84CA_A73B, 0x3C6E_F372_FE94_F82B, 0xA54F_F53A_5F1D_36F1,
    0x510E_527F_ADE6_82D1, 0x9B05_688C_2B3E_6C1F, 0x1F83_D9AB_FB41_BD6B, 0x5BE0_CD19_137E_2179,
  ]

  /// Which word goes where in each round.
  private static let order: [[Int]] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
  ]

  /// Which four words are mixed with each other: the columns, then the diagonals.
  private static let lanes: [(Int, Int, Int, Int)] = [
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12),
    (2, 7, 8, 13), (3, 4, 9, 14),
  ]

  /// The state before the first byte.
  public init() {
    state = Self.start
    // 32 bytes of hash, no key, one tree.
    state[0] ^= 0x0101_0020
  }

  /// Adds bytes.
  public mutating func update(_ bytes: some Collection<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty {
      if block.count == Self.blockSize { mix(isLast: false) }
      let part = rest.prefix(Self.blockSize - block.count)
      block.append(contentsOf: part)
      rest = rest.dropFirst(part.count)
    }
  }

  /// The 32 bytes of the hash.
  public consuming func finish() -> [UInt8] {
    mix(isLast: true)
    return state.prefix(4).flatMap { word in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
    }
  }

  private mutating func mix(isLast: Bool) {
    count &+= UInt64(block.count)
    block.append(contentsOf: repeatElement(0, count: Self.blockSize - block.count))
    var words = [UInt64](repeating: 0, count: 16)
    for (index, byte) in block.enumerated() {
      words[index / 8] |= UInt64(byte) << UInt64(index % 8 * 8)
    }
    block.removeAll(keepingCapacity: true)
    var work = state + Self.start
    work[12] ^= count
    if isLast { work[14] = ~work[14] }
    for round in 0..<12 {
      let order = Self.order[round % 10]
      for (index, lane) in Self.lanes.enumerated() {
        Self.mix(&work, lane, words[order[2 * index]], words[order[2 * index + 1]])
      }
    }
    for index in 0..<8 { state[index] ^= work[index] ^ work[index + 8] }
  }

  private static func mix(
    _ work: inout [UInt64], _ lane: (Int, Int, Int, Int), _ first: UInt64, _ second: UInt64
  ) {
    let (a, b, c, d) = lane
    func turn(_ word: UInt64, _ bits: UInt64) -> UInt64 { word >> bits | word << (64 - bits) }
    work[a] = work[a] &+ work[b] &+ first
    work[d] = turn(work[d] ^ work[a], 32)
    work[c] = work[c] &+ work[d]
    work[b] = turn(work[b] ^ work[c], 24)
    work[a] = work[a] &+ work[b] &+ second
    work[d] = turn(work[d] ^ work[a], 16)
    work[c] = work[c] &+ work[d]
    work[b] = turn(work[b] ^ work[c], 63)
  }
}
