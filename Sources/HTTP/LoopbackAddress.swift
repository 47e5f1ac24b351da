import Glibc

/// The addresses at which only this machine answers: loopback, and the unspecified address, which connects there.
enum LoopbackAddress {
  /// Whether it is the name of this machine or one of its loopback addresses, in any form that the system reads as one.
  /// (inet_aton, inet_pton)
  ///
  /// - Parameter host: in lower case, without port and brackets.
  static func isNamed(_ host: String) -> Bool {
    if host == "localhost" || host.hasSuffix(".localhost") { return true }
    var v4 = in_addr()
    if inet_aton(host, &v4) == 1 { return contains(UInt32(bigEndian: v4.s_addr)) }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, String(host.prefix { $0 != "%" }), &v6) == 1 else { return false }
    return contains(v6)
  }

  /// Whether a socket address is one of them. Other families than IPv4 and IPv6 are local, too. (sockaddr)
  static func contains(_ address: UnsafePointer<sockaddr>) -> Bool {
    let start = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      return contains(UInt32(bigEndian: start.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
    case AF_INET6: return contains(start.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
    default: return true
    }
  }

  private static func contains(_ v4: UInt32) -> Bool { v4 >> 24 == 127 || v4 >> 24 == 0 }

  private static func contains(_ v6: in6_addr) -> Bool {
    let bytes = withUnsafeBytes(of: v6) { Array($0) }
    let isMapped = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
    return bytes.dropLast() == Array(repeating: 0, count: 15) && bytes[15] <= 1
      || (isMapped && (bytes[12] == 127 || bytes[12] == 0))
  }
}
