/// The request methods that Google's APIs use.
public enum HTTPMethod: String, Sendable, Hashable {
  case get = "GET"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
}

/// Header fields in order; names compare without regard to case.
public struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  public private(set) var fields: [HTTPField] = []

  public init() {}
  public init(dictionaryLiteral elements: (String, String)...) {
    for (name, value) in elements { add(name, value) }
  }

  /// The first value of a field; setting replaces every one of that name, nil removes them.
  public subscript(name: String) -> String? {
    get { fields.first { $0.isNamed(name) }?.value }
    set {
      fields.removeAll { $0.isNamed(name) }
      if let newValue { add(name, newValue) }
    }
  }

  public mutating func add(_ name: String, _ value: String) {
    fields.append(HTTPField(name: name, value: value))
  }
}

/// One header field.
public struct HTTPField: Sendable, Hashable {
  public let name: String
  public let value: String
  func isNamed(_ other: String) -> Bool { name.lowercased() == other.lowercased() }
}

/// One request, complete with its absolute URL.
public struct HTTPRequest: Sendable, Hashable {
  /// Whether the request may travel on a connection that served an earlier one.
  public enum Connection: Sendable, Hashable {
    case reused
    /// A new connection. libcurl repeats a request by itself when a reused connection dies before the first
    /// byte of the answer, so what must not be repeated goes out so.
    case fresh
  }
  public var method: HTTPMethod
  /// Absolute, `http` or `https`, percent-encoded.
  public var url: String
  public var headers: HTTPHeaders
  public var body: [UInt8]?
  public var connection: Connection
  /// The longest that the whole exchange may take.
  public var timeout: Duration

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

  /// Whether it goes past every proxy, whatever the environment says: the peer speaks to this machine alone.
  public var isDirect = false
}

/// One whole answer: its header block ended and its body was framed and complete.
public struct HTTPResponse: Sendable, Hashable {
  public var status: Int
  public var headers: HTTPHeaders
  public var body: [UInt8]
  /// Its part of the memory of all answers, for as long as this value is there.
  var share: AnswerMemory.Share?
  public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// Why there is no whole answer to a request.
public struct HTTPFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// It provably never left: no address, no connection. Safe to repeat.
    case notSent
    /// The peer's certificate or the handshake was refused; nothing was sent. Not worth repeating.
    case tls
    /// It may have arrived and may have been carried out: reset, time-out, answer cut short.
    case ambiguous
    /// The calling task was cancelled; it may have arrived.
    case cancelled
    /// The request itself cannot be sent (a malformed URL).
    case invalid
    /// This process has no descriptor, thread or memory left for it: nothing was sent, and the network is not at fault.
    case exhausted
    /// It arrived, and its answer is larger than any that is taken. Not worth repeating.
    case tooLarge
  }
  public let kind: Kind
  /// What happened, for people; names the host and, where there is one, the proxy. Never a header or a body.
  public let message: String
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
  public var description: String { message }
}

/// What carries requests to a server: the seam that tests replace.
public protocol HTTPTransport: Sendable {
  /// Sends a request once and returns the whole answer, whatever its status. Redirects are not followed.
  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse
}
