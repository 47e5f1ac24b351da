/// Refuses host names that are neither this machine's nor those of Google and of GitHub's API. A web page whose name was rebound to 127.0.0.1
/// sends its own name.
package struct HostCheck: Sendable, Hashable {
  /// Further names, in lower case.
  package var names: Set<String> = []
  /// Whether an IPv4 address is accepted. It cannot be rebound: a page that uses one was loaded from there.
  package var allowsAddresses = false

  /// This machine's names, Google's and GitHub's.
  package init() {}

  /// Whether a Host header names this machine, Google, GitHub's API, or one of the further names.
  package func allows(_ header: String?) -> Bool {
    header.map { allows(host: Self.hostName($0)) } ?? false
  }

  /// The same for a host's name in lower case, without a port.
  package func allows(host: String) -> Bool {
    Self.own.contains(host) || host.hasSuffix(".googleapis.com") || host.hasSuffix(".pkg.dev")
      || names.contains(host) || (allowsAddresses && ListenAddress(host) != nil)
  }

  private static let own: Set<String> = ["127.0.0.1", "localhost", "[::1]", "api.github.com"]

  /// Whether a browser says that a web page sent the request. The sandbox serves no pages, so it is another site's.
  package static func isFromPage(_ headers: [String: String]) -> Bool {
    if headers["origin"] != nil { return true }
    return headers["sec-fetch-site"].map { $0.lowercased() != "none" } ?? false
  }

  /// The host in a Host header, in lower case and without its port.
  package static func hostName(_ header: String) -> String {
    let bytes = header.utf8
    guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")),
      bytes[colon...].dropFirst().allSatisfy({ (0x30...0x39).contains($0) })
    else { return header.lowercased() }
    return header[..<colon].lowercased()
  }
}
