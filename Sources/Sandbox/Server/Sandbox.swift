import Crypto
import HTTP
import JSON
import SandboxAPIs
import SandboxCalls
import SandboxGitHub
import SandboxIAM
import SandboxPackages
import SandboxStore
import SandboxWire
import Synchronization

/// A request that the journal has recorded, and the fault that applies to it.
package struct AcceptedRequest: Sendable {
  let sequence: Int
  let api: API
  let injection: (fault: Fault, moment: FaultMoment)?
  /// The answer that replaces carrying the request out; nil if it is carried out.
  var replacement: WireResponse?
}

/// The service without its sockets: takes a request and returns the answer.
final class Sandbox: Sendable {
  private struct Core: Sendable {
    var state: State
    var journal = Journal()
    var faults = FaultPlan()
    var lag = Lag()
  }

  private let core: Mutex<Core>
  private let database: SQLiteDatabase
  private let router: Router
  /// The messages with enums that can be inside an Any, by full name.
  private let messages: [String: MessageType]
  let settings: Call.Settings
  /// The content of package files; nil for a sandbox without a folder.
  let blobs: BlobStore?
  let pypi: UpstreamFolder?
  /// Called with a line for the user about a request that the sandbox does not serve.
  private let log: @Sendable (String) -> Void

  init(
    state: State, database: SQLiteDatabase, routes: [Route] = ServedAPIs.routes,
    settings: Call.Settings, blobs: BlobStore? = nil, pypi: UpstreamFolder? = nil,
    log: @escaping @Sendable (String) -> Void
  ) {
    self.pypi = pypi
    core = Mutex(Core(state: state))
    self.database = database
    self.settings = settings
    self.blobs = blobs
    self.log = log
    router = Router(routes)
    let named = routes.compactMap(\.answer).compactMap { answer in answer.name.map { ($0, answer) }
    }
    messages = Dictionary(named) { first, _ in first }
  }

  /// Answers one request. A change that it made is on disk by then.
  func answer(_ sent: WireRequest) -> WireResponse {
    let request = sent.effective
    guard settings.hosts.allows(request.headers["host"]) else {
      return Answers.text(
        421,
        "This sandbox answers to its loopback address and to the host names of Google and GitHub.")
    }
    if let address = PackageAddress(request) { return answer(request, at: address) }
    if let response = publicIndex(request) { return response }
    if let address = GitHubAddress(request) { return answer(request, at: address) }
    // Hosts of packages of other formats, where no API is.
    let isPackages = HostCheck.hostName(request.headers["host"] ?? "").hasSuffix(".pkg.dev")
    guard !isPackages, let match = router.match(request.method, request.path) else {
      return unserved(request)
    }
    if match.route.api == .sandbox {
      // Before anything else is read: the sandbox's own paths need no credential, so a foreign page must not reach
      // them.
      guard !HostCheck.isFromPage(request.headers) else {
        return Answers.text(403, "Web pages cannot control this sandbox.")
      }
      guard request.isFromThisMachine || isOwner(request) else {
        return Answers.text(
          403, "From another machine, /_sandbox/ takes a token of the sandbox's owner only.")
      }
      return control(request, match)
    }
    let realNow = RealTime.microseconds()
    let accepted = begin(request, match.route.api, realNow: realNow)
    if let response = accepted.replacement { return response }
    var caller: Principal?
    let response: WireResponse
    do throws(APIError) {
      // Outside of the lock, because generating a key takes a tenth of a second.
      let newKey = match.route.needsNewKey ? try Self.makeKey() : nil
      let body = match.route.api == .tokens ? Body() : try Body(parsing: request.body)
      let (value, query) = try run(
        request, match: match, body: body, newKey: newKey, realNow: realNow,
        fault: accepted.injection?.fault,
        caller: &caller)
      response =
        try download(value, route: match.route, query: query)
        ?? Answers.json(
          200, Shaping.shape(value, query: query, route: match.route, messages: messages),
          api: match.route.api)
    } catch {
      response = Answers.failure(error, match.route.api)
    }
    return finish(accepted, response, caller: caller)
  }

  /// The answer of the folder that stands for PyPI; nil for requests to other hosts.
  private func publicIndex(_ request: WireRequest) -> WireResponse? {
    guard let pypi, let response = PublicIndex(pypi).answer(request) else { return nil }
    let accepted = begin(request)
    return finish(accepted, accepted.replacement ?? response, caller: nil)
  }

  /// Whether a request has a token of the account in owner.json.
  private func isOwner(_ request: WireRequest) -> Bool {
    let use = TokenUse(
      .resourceManager, apis: [.resourceManager], isRead: false, isOperation: false)
    let caller = look { (state, now) in
      try? Authentication.principal(
        request.headers, state, baseURL: settings.baseURL, nowSeconds: Timestamps.seconds(now),
        for: use)
    }
    return caller?.email == OwnerAccount.email
  }

  /// Authenticates, authorizes and runs a call, and commits its change.
  private func run(
    _ request: WireRequest, match: Router.Match, body: Body, newKey: Call.NewKey?,
    realNow: Int64, fault: Fault? = nil, caller: inout Principal?
  ) throws(APIError) -> (JSONValue, Query) {
    let query = Query(request.query)
    let result = core.withLock { core -> (Result<JSONValue, APIError>, Principal?) in
      var call = Call(
        route: match.route, variables: match.variables, query: query, body: body,
        headers: request.headers, caller: nil, resource: nil, now: realNow + core.state.offset,
        realNow: realNow, settings: settings, newKey: newKey, bytes: request.body)
      let isRead = match.route.isRead
      call.lag = core.lag.pass(isRead: isRead, realNow: realNow)
      do throws(APIError) {
        try Gate.admit(&call, core.state)
        // A copy of the state: a read that sees the past must not change the present.
        if isRead, !call.lag.isEmpty {
          var view = call.lag.view(of: core.state)
          return (.success(try match.route.run(call, &view)), call.caller)
        }
        let value = try match.route.run(call, &core.state)
        if let fault { applyFault(to: value, fault, of: call, in: &core) }
        try commit(&core.state)
        return (.success(value), call.caller)
      } catch {
        // A handler that throws may have changed something already.
        core.state.rollback()
        return (.failure(error), call.caller)
      }
    }
    caller = result.1
    return (try result.0.get(), query)
  }

  /// Applies a fault to a change before the change is committed.
  private func applyFault(to value: JSONValue, _ fault: Fault, of call: Call, in core: inout Core) {
    switch fault {
    case .lag(let length): core.lag.hide(core.state, for: length, realNow: call.realNow)
    case .slowOperation, .failedOperation:
      LongRunningOperations.applyFault(to: value, fault, in: &core.state)
    case .status, .reset, .close, .stall, .delay, .halfHeaders, .truncatedBody: break
    }
  }

  private func commit(_ state: inout State) throws(APIError) {
    do throws(StoreError) {
      // The files go after the commit: a crash in between leaves files without rows, which the next start removes.
      let discarded = state.discardedBlobs
      try state.commit(to: database)
      blobs?.remove(discarded)
    } catch {
      log("the store failed: \(error)")
      throw APIError(.internal, "The sandbox could not store the change: \(error)")
    }
  }

  /// Records a request in the journal, and determines the fault that applies to it.
  func begin(
    _ request: WireRequest, _ api: API, realNow: Int64
  ) -> AcceptedRequest {
    let text = JournalText(request)
    return core.withLock { core in
      let sequence = core.journal.begin(request.method, text, at: realNow + core.state.offset)
      let injection = core.faults.next(for: request)
      var accepted = AcceptedRequest(sequence: sequence, api: api, injection: injection)
      if let injection, injection.moment == .before {
        core.journal.end(sequence, status: 0, caller: nil, fault: injection.fault.name)
        accepted.replacement = FaultAnswers.answer(injection.fault, to: nil, api)
      }
      return accepted
    }
  }

  /// Records how a request was answered, and returns the answer as its fault leaves it.
  func finish(
    _ accepted: AcceptedRequest, _ response: WireResponse, caller: Principal?
  ) -> WireResponse {
    core.withLock {
      $0.journal.end(
        accepted.sequence, status: response.status, caller: caller,
        fault: accepted.injection?.fault.name)
    }
    guard let fault = accepted.injection?.fault else { return response }
    return FaultAnswers.answer(fault, to: response, accepted.api)
  }

  /// Reads the state, at the time of the sandbox's clock.
  func look<Result: Sendable>(_ body: (State, Int64) -> Result) -> Result {
    let realNow = RealTime.microseconds()
    return core.withLock { body($0.state, realNow + $0.state.offset) }
  }

  /// Changes the state. On return the change is on disk; a throw undoes it.
  func change(_ body: (inout State, Int64) throws(APIError) -> Void) throws(APIError) {
    let realNow = RealTime.microseconds()
    let result = core.withLock { core -> Result<Void, APIError> in
      do throws(APIError) {
        try body(&core.state, realNow + core.state.offset)
        try commit(&core.state)
        return .success(())
      } catch {
        core.state.rollback()
        return .failure(error)
      }
    }
    try result.get()
  }

  /// Answers paths below `/_sandbox/`, which need no credential and are not in the journal.
  private func control(_ request: WireRequest, _ match: Router.Match) -> WireResponse {
    do throws(APIError) {
      let query = Query(request.query)
      try match.route.parameters.refuseUnknown(query)
      if match.route.template == SandboxRoutes.journal {
        guard let since = Int(query["since"] ?? "0") else {
          throw .invalid("since is not a number: \(query["since"] ?? "")")
        }
        return Answers.json(200, core.withLock { $0.journal }.json(since: since), api: .sandbox)
      }
      let body = try Body(parsing: request.body)
      if match.route.template == FaultRoutes.path { return try faults(match.route.method, body) }
      var nobody: Principal?
      let (value, _) = try run(
        request, match: match, body: body, newKey: nil,
        realNow: RealTime.microseconds(), caller: &nobody)
      return Answers.json(200, value, api: .sandbox)
    } catch {
      return Answers.failure(error, .sandbox)
    }
  }

  private func faults(_ method: HTTPMethod, _ body: Body) throws(APIError) -> WireResponse {
    let result = core.withLock { core -> Result<JSONValue, APIError> in
      do throws(APIError) {
        if method == .post { try core.faults.add(body) }
      } catch {
        return .failure(error)
      }
      if method == .delete { core.faults.removeAll() }
      return .success(core.faults.json)
    }
    return Answers.json(200, try result.get(), api: .sandbox)
  }

  /// Answers and logs a request that no route matches. The error names the sandbox, so that it is not mistaken for
  /// Google's 404.
  private func unserved(_ request: WireRequest) -> WireResponse {
    logUnserved(request)
    let realNow = RealTime.microseconds()
    let text = JournalText(request)
    let error = APIError(
      .notFound,
      "The sandbox does not serve \(request.method) \(text.path.prefix(300)). "
        + "It is not Google: `arctl-sandbox --operations` lists what it does serve.",
      details: [APIError.errorInfo("NOT_SERVED_BY_SANDBOX", domain: "arctl-sandbox", [:])])
    core.withLock { core in
      let sequence = core.journal.begin(request.method, text, at: realNow + core.state.offset)
      core.journal.end(sequence, status: error.status.http, caller: nil)
    }
    return Answers.failure(error, .sandbox)
  }

  /// Logs a request that the sandbox does not serve.
  func logUnserved(_ request: WireRequest) {
    let path = JournalText(request).path
    log("not served: \(Self.printable(request.method)) \(Self.printable(path))")
  }

  /// At most 300 bytes of a text, percent-encoded where a terminal could interpret them.
  private static func printable(_ text: String) -> String {
    text.utf8.prefix(300).map { byte in
      (0x21...0x7E).contains(byte)
        ? String(UnicodeScalar(byte)) : "%\(Hex.encode([byte]).uppercased())"
    }.joined()
  }

  /// A new RSA-2048 pair with its certificate. Called outside of the lock, because it takes a tenth of a second.
  static func makeKey() throws(APIError) -> Call.NewKey {
    do throws(CryptoError) {
      let key = try RSAPrivateKey(generatingBits: 2048)
      let certificate = try Certificate.selfSigned(
        by: key, commonName: "arctl-sandbox", notBefore: 0, notAfter: 253_402_300_799)
      let pem = try key.pkcs8PEM().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
      return Call.NewKey(
        publicKey: key.publicKey, certificate: certificate, privatePEM: pem)
    } catch {
      throw APIError(.internal, "The sandbox could not generate a key: \(error)")
    }
  }
}
