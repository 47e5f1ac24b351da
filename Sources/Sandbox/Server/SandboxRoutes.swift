import HTTP
import JSON
import SandboxCalls
import SandboxIAM
import SandboxPackages
import SandboxStore
import SandboxWire

/// The sandbox's own paths.
enum SandboxRoutes: ServedAPI {
  static let journal = "/_sandbox/journal"

  /// None.
  static let records: [any Record.Type] = []

  static let routes: [Route] = [
    // `Sandbox` answers this one before it reaches a handler: the journal is not part of the state.
    Route(own: .get, journal, purpose: "the requests in order; `?since=N` skips the first N") {
      (_, _) throws(APIError) in [:]
    }.taking("since"),
    Route(own: .get, "/_sandbox/clock", purpose: "the sandbox's time") {
      (call, _) throws(APIError) in
      ["now": .string(Timestamps.text(call.now))]
    },
    Route(own: .post, "/_sandbox/clock", purpose: "moves the clock", run: setClock),
    Route(
      own: .post, "/_sandbox/cleanup",
      purpose: "applies cleanup policies, or reports what they would do",
      run: Cleanup.run),
    Route(
      own: .get, "/_sandbox/routes", purpose: "the tables below, with the scopes that tokens need"
    ) {
      (_, _) throws(APIError) in served()
    },
  ]

  /// Every operation of Google's APIs that the sandbox serves, by API, template and method, with its own query
  /// parameters.
  private static func served() -> JSONValue {
    let routes = OperationTable.routes
    return [
      "routes": .array(
        routes.map {
          [
            "api": .string($0.api.service), "method": .string($0.method.rawValue),
            "template": .string($0.template),
            "query": .array($0.parameters.names.map { .string($0) }),
            "scopes": .array($0.use.scopes.sorted().map { .string($0) }),
          ]
        })
    ]
  }

  /// `{"now": "2026-11-21T00:00:00Z"}` sets the clock, `{"advanceSeconds": 3600}` moves it.
  private static func setClock(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("now", "advanceSeconds")
    var now = call.now
    if let text = try call.body.string("now") {
      guard let time = Timestamps.parse(text) else {
        throw .badField("now", "now is not an RFC 3339 time: \(text)")
      }
      now = time
    }
    if let seconds = try call.body.integer("advanceSeconds") {
      let longest = Timestamps.longestDuration
      guard (-longest...longest).contains(Int64(seconds)) else {
        throw .badField("advanceSeconds", "advanceSeconds is out of range.")
      }
      now += Int64(seconds) * 1_000_000
    }
    guard Timestamps.known.contains(now) else {
      throw .invalid("The clock goes from the year 1 to the year 9999.")
    }
    state.meta.clockOffset = now - call.realNow
    return ["now": .string(Timestamps.text(now))]
  }
}
