import JSON
import SandboxStore
import SandboxWire

/// What goes wrong with one request.
enum Fault: Sendable, Hashable {
  /// The client gets this answer instead of the sandbox's own.
  case status(Int, headers: [Header], body: [UInt8]?)
  /// The connection is reset (TCP RST) before anything is sent.
  case reset
  /// The connection is closed before anything is sent.
  case close
  /// Nothing is sent for so many milliseconds, then the connection is reset.
  case stall(Int)
  /// The answer is sent so many milliseconds later.
  case delay(Int)
  /// Half of the header block is sent, then the connection is closed.
  case halfHeaders
  /// The body is cut off after so many bytes (nil: half of it), then the connection is closed. If framed, the headers
  /// announce the whole body, so the client can detect the cut; otherwise the end of the connection looks like the end
  /// of the body.
  case truncatedBody(bytes: Int?, framed: Bool)
  /// The operation that the request starts takes so many milliseconds longer.
  case slowOperation(Int)
  /// The operation that the request starts fails, and what it would have changed stays unchanged.
  case failedOperation(code: Int, message: String)
  /// Reads do not show the change of the request at first.
  case lag(Lag.Length)

  /// A header of an answer.
  struct Header: Sendable, Hashable {
    let name: String
    let value: String
  }

  /// The name in scripts and in the journal.
  var name: String {
    switch self {
    case .status: "status"
    case .reset: "reset"
    case .close: "close"
    case .stall: "stall"
    case .delay: "delay"
    case .halfHeaders: "halfHeaders"
    case .truncatedBody: "truncatedBody"
    case .slowOperation, .failedOperation: "operation"
    case .lag: "lag"
    }
  }

  /// Whether the fault needs the request to be carried out: it acts on the change, or delays its answer.
  var needsChange: Bool {
    switch self {
    case .slowOperation, .failedOperation, .lag, .delay: true
    case .status, .reset, .close, .stall, .halfHeaders, .truncatedBody: false
    }
  }
}

/// When a fault is applied.
enum FaultMoment: String, Sendable {
  /// Instead of carrying the request out.
  case before
  /// After the change of the request is on disk: the client cannot know that it was carried out.
  case after
}

extension Fault {
  /// The members that name a kind of fault in a script.
  static let kinds = [
    "status", "reset", "close", "stall", "delay", "halfHeaders", "truncatedBody", "operation",
    "lag",
  ]

  /// Reads `{"KIND": ...}`. A status can also have `headers` and `body`.
  init(_ body: Body) throws(APIError) {
    let found = Self.kinds.filter(body.has)
    guard found.count == 1, let kind = found.first else {
      throw .badField("fault", "A fault is one of: \(Self.kinds.joined(separator: ", ")).")
    }
    guard kind == "status" else {
      try body.allow(kind)
      self = try Self.simple(kind, body)
      return
    }
    try body.allow("status", "headers", "body")
    guard let code = try body.integer("status"), (200...599).contains(code) else {
      throw .badField("fault.status", "The status must be 200 to 599.")
    }
    let headers = try (body.labels("headers") ?? [:]).sorted { $0.key < $1.key }
    // A line break in a header would let a script write further headers.
    for (name, value) in headers where !Self.isClean(name) || !Self.isClean(value) {
      throw .badField("fault.headers", "The header \(name) cannot be sent.")
    }
    let content = body.object["body"].flatMap { $0.isNull ? nil : $0 }
    self = .status(
      code, headers: headers.map { Header(name: $0.key, value: $0.value) },
      body: content.map { $0.string.map { Array($0.utf8) } ?? $0.serialized() })
  }

  /// Whether a text is printable ASCII, so that it can be a header's name or value.
  private static func isClean(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }

  /// Reads a fault that has a single member.
  private static func simple(_ kind: String, _ body: Body) throws(APIError) -> Fault {
    switch kind {
    case "stall": return .stall(try milliseconds(body, "stall"))
    case "delay": return .delay(try milliseconds(body, "delay"))
    case "lag": return .lag(try lag(body))
    case "operation": return try operation(body)
    case "truncatedBody":
      guard let details = body.object[kind]?.object.map({ Body($0, at: "fault.\(kind).") }) else {
        try flag(body, kind)
        return .truncatedBody(bytes: nil, framed: true)
      }
      try details.allow("bytes", "framed")
      let bytes = try details.integer("bytes")
      guard bytes ?? 0 >= 0 else { throw .badField("fault.truncatedBody.bytes", "Below zero.") }
      return .truncatedBody(bytes: bytes, framed: try details.bool("framed") ?? true)
    default:
      try flag(body, kind)
      return kind == "reset" ? .reset : kind == "close" ? .close : .halfHeaders
    }
  }

  /// Throws unless the member is `true`.
  private static func flag(_ body: Body, _ kind: String) throws(APIError) {
    guard try body.bool(kind) == true else { throw .badField("fault.\(kind)", "Must be true.") }
  }

  private static func milliseconds(_ body: Body, _ name: String) throws(APIError) -> Int {
    guard let value = try body.integer(name), (1...86_400_000).contains(value) else {
      throw .badField(
        "fault.\(name)", "\(name) must be a number of milliseconds from 1 to 86400000.")
    }
    return value
  }

  /// `{"milliseconds": 2000}` or `{"reads": 3}`.
  private static func lag(_ body: Body) throws(APIError) -> Lag.Length {
    guard let details = try body.message("lag") else { throw .badField("fault.lag", "Is empty.") }
    try details.allow("milliseconds", "reads")
    if let reads = try details.integer("reads") {
      guard (1...1_000_000).contains(reads) else {
        throw .badField("fault.lag.reads", "reads must be 1 or more.")
      }
      return .reads(reads)
    }
    return .milliseconds(try milliseconds(details, "milliseconds"))
  }

  /// `{"milliseconds": 5000}` or `{"error": {"code": 13, "message": "..."}}`.
  private static func operation(_ body: Body) throws(APIError) -> Fault {
    guard let details = try body.message("operation") else {
      throw .badField("fault.operation", "Is empty.")
    }
    try details.allow("milliseconds", "error")
    guard let error = try details.message("error") else {
      return .slowOperation(try milliseconds(details, "milliseconds"))
    }
    try error.allow("code", "message")
    let code = try error.integer("code") ?? 13
    guard (1...16).contains(code) else {
      throw .badField("fault.operation.error.code", "The code is one of google.rpc.Code: 1 to 16.")
    }
    return .failedOperation(code: code, message: try error.string("message") ?? "Internal error.")
  }
}
