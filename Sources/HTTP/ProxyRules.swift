import Glibc

/// Which proxy carries the requests to which hosts.
public struct ProxyRules: Sendable, Hashable {
  /// The proxy of `http` URLs, as `http://proxy:3128`; nil for none.
  public var http: String?
  /// The proxy of `https` URLs; nil for none.
  public var https: String?
  /// Hosts and domains that are reached directly, in the form of `no_proxy`; loopback always is.
  public var exceptions: [String]

  public init(http: String? = nil, https: String? = nil, exceptions: [String] = []) {
    self.http = http
    self.https = https
    self.exceptions = exceptions
  }

  /// What the environment asks for, with the names that curl(1) reads: `HTTP_PROXY` is left out,
  /// as a CGI server sets it from a header.
  public static var environment: ProxyRules {
    let all = variable("all_proxy") ?? variable("ALL_PROXY")
    let exceptions = variable("no_proxy") ?? variable("NO_PROXY") ?? ""
    return ProxyRules(
      http: variable("http_proxy") ?? all,
      https: variable("https_proxy") ?? variable("HTTPS_PROXY") ?? all,
      exceptions: exceptions.split { $0 == "," || $0 == " " }.map(String.init))
  }

  /// The proxy of the scheme of a URL.
  func proxy(for url: String) -> String? { url.hasPrefix("https:") ? https : http }

  /// The value of CURLOPT_NOPROXY.
  var noProxy: String {
    exceptions.contains("*")
      ? "*" : (["localhost", "127.0.0.1", "::1"] + exceptions).joined(separator: ",")
  }

  /// The name of the proxy that a request goes through, without user name and password, for
  /// messages.
  func name(for request: HTTPRequest) -> String? {
    guard let proxy = proxy(for: request.url), !isException(request.host) else { return nil }
    let authority = proxy.split(separator: "/").last { !$0.hasSuffix(":") }
    return authority?.split(separator: "@").last.map(String.init)
  }

  private func isException(_ host: String) -> Bool {
    let bare =
      host.hasPrefix("[") ? host.dropFirst().prefix { $0 != "]" } : host.prefix { $0 != ":" }
    return noProxy.split(separator: ",").contains { exception in
      let domain = exception.drop { $0 == "." }
      return exception == "*" || bare == domain || bare.hasSuffix("." + domain)
    }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
