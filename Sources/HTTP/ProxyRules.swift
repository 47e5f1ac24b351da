import Glibc

/// Which proxy serves which hosts.
public struct ProxyRules: Sendable, Hashable {
  /// The proxy for `http` URLs, such as `http://proxy:3128`; nil for none.
  public var http: String?
  /// The proxy for `https` URLs; nil for none.
  public var https: String?
  /// Hosts and domains that are reached directly, in the form of `no_proxy`.
  public var exceptions: [String]

  /// No proxies by default.
  public init(http: String? = nil, https: String? = nil, exceptions: [String] = []) {
    self.http = http
    self.https = https
    self.exceptions = exceptions
  }

  /// The rules in the environment of this process.
  public static var environment: ProxyRules {
    let names = ["all_proxy", "no_proxy", "http_proxy", "https_proxy"]
    var found: [String: String] = [:]
    for name in names + names.map({ $0.uppercased() }) {
      found[name] = getenv(name).map { String(cString: $0) }
    }
    return ProxyRules(environment: found)
  }

  /// The rules in an environment, with the names that curl(1) reads. `HTTP_PROXY` is ignored, because a CGI server sets
  /// it from a header.
  public init(environment: [String: String]) {
    func variable(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let all = variable("all_proxy") ?? variable("ALL_PROXY")
    let exceptions = variable("no_proxy") ?? variable("NO_PROXY") ?? ""
    self.init(
      http: variable("http_proxy") ?? all,
      https: variable("https_proxy") ?? variable("HTTPS_PROXY") ?? all,
      exceptions: exceptions.split { $0 == "," || $0 == " " }.map(String.init))
  }

  /// The proxy for a request; nil for none.
  ///
  /// There is none for a direct request, for this machine, and for link-local addresses, which metadata servers use: a
  /// proxy is not on that path, and must not read what is sent there.
  func proxy(for request: HTTPRequest) -> String? {
    guard !request.isDirect, let proxy = request.url.hasPrefix("https:") ? https : http else {
      return nil
    }
    let host = bare(request.host)
    return isLocal(host) || isException(host) ? nil : proxy
  }

  /// The name of the proxy for a request, without user name and password, for messages.
  func name(for request: HTTPRequest) -> String? {
    proxy(for: request).flatMap(Self.authority)
  }

  /// The proxy for a URL if its name says that it is on this machine, without user name and password; nil for every
  /// other. The address of another name is known only when libcurl connects, and is checked then.
  public func localProxy(for url: String) -> String? {
    guard let name = name(for: HTTPRequest(.get, url)), LoopbackAddress.isNamed(bare(name)) else {
      return nil
    }
    return name
  }

  /// Why a proxy on this machine is not used.
  public static func localProxyRefusal(_ name: String) -> String {
    "the proxy \(name) is on this machine, and so may be a sandbox, which must not get a real credential"
  }

  /// The host and the port of a proxy, which may be written without a scheme.
  private static func authority(_ proxy: String) -> String? {
    let rest = proxy.firstRange(of: "://").map { proxy[$0.upperBound...] } ?? proxy[...]
    return rest.split(separator: "/").first?.split(separator: "@").last.map(String.init)
  }

  private func isException(_ host: String) -> Bool {
    exceptions.contains { exception in
      let domain = exception.drop { $0 == "." }.lowercased()
      return exception == "*" || host == domain || host.hasSuffix("." + domain)
    }
  }

}

/// A host in lower case, without its port and brackets.
private func bare(_ host: String) -> String {
  let name = host.hasPrefix("[") ? host.dropFirst().prefix { $0 != "]" } : host.prefix { $0 != ":" }
  return name.lowercased()
}

/// Whether a host is this machine, or an address that routers do not forward. (inet_aton, inet_pton)
private func isLocal(_ host: String) -> Bool {
  if LoopbackAddress.isNamed(host) { return true }
  var v4 = in_addr()
  if inet_aton(host, &v4) == 1 { return UInt32(bigEndian: v4.s_addr) >> 16 == 0xA9FE }
  var v6 = in6_addr()
  guard inet_pton(AF_INET6, String(host.prefix { $0 != "%" }), &v6) == 1 else { return false }
  let bytes = withUnsafeBytes(of: &v6) { Array($0) }
  let isMapped = bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
  return (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80)
    || (isMapped && bytes[12] == 169 && bytes[13] == 254)
}
