import Glibc

/// An IPv4 address of this machine, at which a server listens.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// As in `in_addr`.
  let networkOrder: UInt32

  /// 127.0.0.1.
  package static let loopback = ListenAddress(networkOrder: UInt32(0x7F00_0001).bigEndian)

  private init(networkOrder: UInt32) { self.networkOrder = networkOrder }

  /// Nil for a text that is not an IPv4 address with four numbers. (inet_pton)
  package init?(_ text: String) {
    var address = in_addr()
    guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
    networkOrder = address.s_addr
  }

  /// Whether it stands for every address of the machine, 0.0.0.0.
  package var isEvery: Bool { networkOrder == 0 }

  package var description: String {
    let number = UInt32(bigEndian: networkOrder)
    return [24, 16, 8, 0].map { "\(number >> $0 & 0xFF)" }.joined(separator: ".")
  }
}
