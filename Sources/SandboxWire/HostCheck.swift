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
    guard let header else { return false }
    let host = Self.hostName(header)
    return ["127.0.0.1", "localhost", "[::1]", "api.github.com"].contains(host)
      || host.hasSuffix(".googleapis.com") || host.hasSuffix(".pkg.dev") || names.contains(host)
      || (allowsAddresses && ListenAddress(host) != nil)
  }

  /// Whether a browser says that a web page sent the request. The sandbox serves no pages, so it is another site's.
  package static func isFromPage(_ headers: [String: String]) -> Bool {
    if headers["origin"] != nil { return true }
    return headers["sec-fetch-site"].map { $0.lowercased() != "none" } ?? false
  }

  /// The host in a Host header, in lower case and without its port.
  package static func hostName(_ header: String) -> String {
    let header = header.lowercased()
    guard let colon = header.lastIndex(of: ":"),
      header[header.index(after: colon)...].allSatisfy(\.isNumber)
    else { return header }
    return String(header[..<colon])
  }
}
