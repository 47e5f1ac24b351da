/// The request methods that Google's APIs use.
public enum HTTPMethod: String, Sendable, Hashable {
  case get = "GET"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
}

/// Header fields in order. Names are compared ignoring case.
public struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// All fields in order; a name may occur several times.
  public private(set) var fields: [HTTPField] = []

  /// No fields.
  public init() {}
  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }

  /// The first value of a field. Setting it replaces all fields of that name; nil removes them.
  public subscript(name: String) -> String? {
    get { fields.first { $0.isNamed(name) }?.value }
    set {
      fields.removeAll { $0.isNamed(name) }
      if let newValue { add(name, newValue) }
    }
  }

  /// Appends a field, even if one of that name exists.
  public mutating func add(_ name: String, _ value: String) {
    fields.append(HTTPField(name: name, value: value))
  }
}

/// One header field.
public struct HTTPField: Sendable, Hashable {
  /// The name in the spelling that was sent or received.
  public let name: String
  /// The value; in an answer, without white space around it.
  public let value: String
  /// Names have ASCII letters only.
  func isNamed(_ other: String) -> Bool {
    name.utf8.count == other.utf8.count
      && zip(name.utf8, other.utf8).allSatisfy { mine, theirs in
        mine == theirs || (mine | 0x20 == theirs | 0x20 && (0x61...0x7A).contains(mine | 0x20))
      }
  }
}

/// One request, complete with its absolute URL.
public struct HTTPRequest: Sendable, Hashable {
  /// Whether the request may use a connection that served an earlier one.
  public enum Connection: Sendable, Hashable {
    case reused
    /// A new connection. libcurl itself repeats a request if a reused connection ends before the first byte of the
    /// answer, so a request that must not be repeated needs this.
    case fresh
  }
  /// GET and DELETE are sent without a body unless there is one. The others always have one, even if it is empty.
  public var method: HTTPMethod
  /// Absolute, `http` or `https`, percent-encoded.
  public var url: String
  /// The fields to send. libcurl adds `Host`, `Content-Length` and `User-Agent`.
  public var headers: HTTPHeaders
  /// The bytes of the body; nil for a request without one.
  public var body: [UInt8]?
  /// Whether the request may share a connection.
  public var connection: Connection
  /// The maximum time of the whole exchange.
  public var timeout: Duration

  /// A request on any connection, without fields or body, for at most 60 seconds, by default.
  public init(
    _ method: HTTPMethod, _ url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil,
    connection: Connection = .reused, timeout: Duration = .seconds(60)
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.connection = connection
    self.timeout = timeout
  }

  /// Whether it bypasses every proxy: the peer answers only this machine.
  public var isDirect = false
}

/// One complete answer: its header block ended, and its body was framed and complete.
public struct HTTPResponse: Sendable, Hashable {
  /// The HTTP status code.
  public var status: Int
  /// The header fields of the final answer, not of interim ones.
  public var headers: HTTPHeaders
  /// The whole body, decompressed; empty if the answer has none.
  public var body: [UInt8]
  /// Its part of the memory for answers, held as long as this value exists.
  var share: AnswerMemory.Share?
  /// An answer that takes nothing of a transport's memory: for tests and test doubles.
  public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there is no complete answer to a request.
public struct HTTPFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is known about the request. The caller uses it to decide whether a repeat is safe.
  public enum Kind: Sendable, Hashable {
    /// It certainly was not sent: no address, no connection. Safe to repeat.
    case notSent
    /// The peer's certificate or the handshake was refused; nothing was sent. A repeat does not help.
    case tls
    /// It may have arrived, and may have been carried out: a reset, a time-out, an incomplete answer.
    case ambiguous
    /// The calling task was cancelled. It may have arrived.
    case cancelled
    /// The request itself cannot be sent (a malformed URL).
    case invalid
    /// Its proxy is on this machine, which is not permitted. Nothing was sent, and a repeat does not help.
    case localProxy
    /// This process has no descriptor, thread or memory left for it, or libcurl is missing. Nothing was sent, and the
    /// network is not the cause.
    case exhausted
    /// It arrived, and its answer is over the size limit. A repeat does not help.
    case tooLarge
  }
  /// What is known about the request.
  public let kind: Kind
  /// What happened, as users read it. Names the host and the proxy, if there is one. Never contains a header or a body.
  public let message: String
  /// A failure. `message` names the host and contains neither header nor body.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
  public var description: String { message }
}

/// Sends requests to a server: the seam that tests replace.
public protocol HTTPTransport: Sendable {
  /// Sends a request once and returns the complete answer, whatever its status. Does not follow redirects.
  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}
