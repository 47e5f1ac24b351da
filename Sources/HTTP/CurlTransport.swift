import Glibc
import Synchronization

/// The HTTP client: libcurl, driven by its own thread.
///
///     let transport = CurlTransport(CurlTransport.Configuration(userAgent: "arctl/1.0"))
///     let answer = try await transport.send(HTTPRequest(.get, "https://example.com/"))
///
/// It owns that thread and its connections, which start with the first request and end with `shutdown()` or with this
/// value.
public final class CurlTransport: HTTPTransport {
  /// The settings for all requests.
  public struct Configuration: Sendable {
    /// A file of PEM certificates to trust instead of the system's.
    public var caFile: String?
    /// The maximum of connections at one time; further requests wait.
    public var maximumConnections: Int
    /// The value of the header `User-Agent`.
    public var userAgent: String
    /// The longest accepted body, in bytes; a longer one is a failure.
    public var maximumAnswerBytes = 64 << 20
    /// The memory for all answers together; an answer that does not fit is ambiguous.
    public var answerMemory = AnswerMemory(limit: 256 << 20)
    /// The maximum time to make a connection.
    public var connectTimeout = Duration.seconds(10)
    /// The proxies by host; from the environment by default.
    public var proxies = ProxyRules.environment
    /// Whether a proxy on this machine may be used. Without it, such a request fails as `localProxy`.
    public var permitsLocalProxy = false

    /// The system's certificates and at most 64 connections, by default.
    public init(caFile: String? = nil, maximumConnections: Int = 64, userAgent: String) {
      self.caFile = caFile
      self.maximumConnections = maximumConnections
      self.userAgent = userAgent
    }
  }

  private let configuration: Configuration
  private let inbox = TransferInbox()
  private let ids = Atomic<UInt64>(0)

  /// A client that opens no connection and starts no thread before its first request.
  public init(_ configuration: Configuration) { self.configuration = configuration }

  deinit { inbox.close() }

  /// Ends the thread. Requests in progress and later ones fail as cancelled.
  public func shutdown() { inbox.close() }

  /// Sends a request once. Throws `invalid` for a URL or header that cannot be sent, `cancelled` if the task is
  /// cancelled or the client was shut down, otherwise what libcurl reported.
  public func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    if let refusal = request.refusal { throw refusal }
    let id = ids.add(1, ordering: .relaxed).newValue
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let transfer = Transfer(id, request, configuration) { continuation.resume(returning: $0) }
        inbox.submit(transfer, configuration)
      }
    } onCancel: {
      inbox.cancel(id)
    }
    return try result.get()
  }
}

extension HTTPRequest {
  /// Why the request cannot be sent; nil if it can.
  fileprivate var refusal: HTTPFailure? {
    guard url.hasPrefix("http://") || url.hasPrefix("https://"), url.utf8.all({ $0 > 0x20 })
    else { return HTTPFailure(.invalid, "not an absolute http or https URL") }
    // A line break would let a value add further headers.
    let clean = headers.fields.allSatisfy { field in
      !field.name.isEmpty && field.name.utf8.all { $0 > 0x20 && $0 != UInt8(ascii: ":") }
        && field.value.utf8.all { $0 >= 0x20 && $0 != 0x7f || $0 == UInt8(ascii: "\t") }
    }
    return clean ? nil : HTTPFailure(.invalid, "\(host): a header contains control characters")
  }

  /// The host in the URL with its port, if it has one; without user name and password.
  var host: String {
    let afterScheme = url.firstIndex(of: ":").map { url[$0...].dropFirst(3) } ?? url[...]
    let authority = afterScheme.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return String(authority.split(separator: "@").last ?? "")
  }
}

extension String.UTF8View {
  /// `allSatisfy` over the bytes where they are.
  fileprivate func all(_ isValid: (UInt8) -> Bool) -> Bool {
    withContiguousStorageIfAvailable { $0.allSatisfy(isValid) } ?? allSatisfy(isValid)
  }
}
