import JSON
import SandboxCalls
import SandboxWire

/// A request to a route, with all that can be made ready before the state is locked.
struct PreparedCall: Sendable {
  let route: Route
  let query: Query
  /// Microseconds since 1970 on the real clock, when the request arrived.
  let realNow: Int64
  /// What happens to the change before it is committed.
  let fault: Fault?
  private let request: WireRequest
  private let variables: [String: String]
  private let body: Body
  private let newKey: Call.NewKey?

  init(
    _ request: WireRequest, _ match: Router.Match, body: Body, newKey: Call.NewKey? = nil,
    realNow: Int64, fault: Fault? = nil
  ) {
    route = match.route
    query = Query(request.query)
    self.realNow = realNow
    self.fault = fault
    self.request = request
    variables = match.variables
    self.body = body
    self.newKey = newKey
  }

  /// The call, on its way to the gate.
  ///
  /// - Parameter offset: how far the sandbox's clock is ahead.
  func call(_ settings: Call.Settings, offset: Int64) -> Call {
    Call(
      route: route, variables: variables, query: query, body: body, headers: request.headers,
      now: realNow + offset, realNow: realNow, settings: settings, newKey: newKey,
      bytes: request.body)
  }
}
