import Crypto
import HTTP
import JSON
import Platform
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
  let entry: JournalEntry
  let api: API
  let injection: (fault: Fault, moment: FaultMoment)?
  /// The answer that replaces carrying the request out; nil if it is carried out.
  var replacement: WireResponse?
}

/// The service without its sockets: takes a request and returns the answer.
final class Sandbox: Sendable {
  /// Gives an answer that was not ready at once.
  typealias Later = @Sendable (WireResponse) -> Void

  let shared: SharedState
  private let router: Router
  /// The messages with enums that can be inside an Any, by full name.
  private let messages: [String: MessageType]
  let settings: Call.Settings
  let pypi: UpstreamFolder?
  /// Answer what may take long or wait for the disk; nil for the thread that asks.
  private let helpers: Workers?
  /// Called with a line for the user about a request that the sandbox does not serve.
  private let log: @Sendable (String) -> Void

  /// The content of package files; nil for a sandbox without a folder.
  var blobs: BlobStore? { shared.blobs }

  /// - Parameters:
  ///   - writer: the thread that carries out changes; nil for the thread that asks for one.
  ///   - helpers: the threads that answer what may take long or wait for the disk; nil for the thread that asks.
  init(
    state: State, database: SQLiteDatabase, routes: [Route] = ServedAPIs.routes,
    settings: Call.Settings, blobs: BlobStore? = nil, pypi: UpstreamFolder? = nil,
    writer: Workers? = nil, helpers: Workers? = nil, log: @escaping @Sendable (String) -> Void
  ) {
    self.pypi = pypi
    self.helpers = helpers
    shared = SharedState(state, on: database, blobs: blobs, writer: writer, log: log)
    self.settings = settings
    self.log = log
    router = Router(routes)
    let named = routes.compactMap(\.answer).compactMap { answer in answer.name.map { ($0, answer) }
    }
    messages = Dictionary(named) { first, _ in first }
  }

  /// Answers one request. A change that it made is on disk by then.
  ///
  /// - Parameter later: called with the answer if the result is nil.
  func answer(_ sent: WireRequest, later: @escaping Later) -> WireResponse? {
    let request = sent.effective
    guard settings.hosts.allows(host: request.host) else {
      return Answers.text(
        421,
        "This sandbox answers to its loopback address and to the host names of Google and GitHub.")
    }
    if let address = PackageAddress(request) {
      return aside(later) { $0.answer(request, at: address) }
    }
    if let pypi, PublicIndex.hosts.contains(request.host) {
      return aside(later) { $0.answer(request, from: PublicIndex(pypi)) }
    }
    if let address = GitHubAddress(request) {
      return aside(later) { $0.answer(request, at: address) }
    }
    // Hosts of packages of other formats, where no API is.
    guard !request.host.hasSuffix(".pkg.dev"),
      let match = router.match(request.method, request.path)
    else { return unserved(request) }
    if match.route.api == .sandbox {
      // Before anything else is read: the sandbox's own paths need no credential, so a foreign page must not reach
      // them.
      guard !HostCheck.isFromPage(request.headers) else {
        return Answers.text(403, "Web pages cannot control this sandbox.")
      }
      if request.isFromThisMachine, match.route.template != SandboxRoutes.journal {
        return control(request, match, later)
      }
      return aside(later) { sandbox in
        guard request.isFromThisMachine || sandbox.isOwner(request) else {
          return Answers.text(
            403, "From another machine, /_sandbox/ takes a token of the sandbox's owner only.")
        }
        return sandbox.control(request, match, later)
      }
    }
    let realNow = RealTime.microseconds()
    let accepted = begin(request, match.route.api, realNow: realNow)
    if let response = accepted.replacement { return response }
    guard match.route.needsNewKey else {
      return carryOut(request, match, accepted, realNow: realNow, later: later)
    }
    return aside(later) {
      $0.carryOut(request, match, accepted, realNow: realNow, later: later)
    }
  }

  /// Answers on a thread for what may take long or wait for the disk: the threads of the server have many connections
  /// each.
  ///
  /// - Returns: nil if `later` is called with the answer. `body` may do that itself, and returns nil then.
  private func aside(
    _ later: @escaping Later, _ body: @escaping @Sendable (Sandbox) -> WireResponse?
  ) -> WireResponse? {
    guard let helpers else { return body(self) }
    helpers.call { [self] in body(self).map(later) }
    return nil
  }

  /// Carries out a call that the journal has recorded.
  ///
  /// - Parameter later: called with the answer if the result is nil.
  private func carryOut(
    _ request: WireRequest, _ match: Router.Match, _ accepted: AcceptedRequest, realNow: Int64,
    later: @escaping Later
  ) -> WireResponse? {
    let prepared: PreparedCall
    do throws(APIError) {
      // Outside of the lock, because generating a key takes a tenth of a second.
      let newKey = match.route.needsNewKey ? try Self.makeKey() : nil
      let body = match.route.api == .tokens ? Body() : try Body(parsing: request.body)
      prepared = PreparedCall(
        request, match, body: body, newKey: newKey, realNow: realNow,
        fault: accepted.injection?.fault)
    } catch {
      return finish(accepted, Answers.failure(error, match.route.api), caller: nil)
    }
    return run(prepared, later: later) { [self] result, caller in
      finish(accepted, response(to: prepared, result), caller: caller)
    }
  }

  /// The answer to a call that was carried out.
  private func response(
    to call: PreparedCall, _ result: Result<JSONValue, APIError>
  ) -> WireResponse {
    let api = call.route.api
    do throws(APIError) {
      let value = try result.get()
      return try download(value, route: call.route, query: call.query)
        ?? Answers.json(
          200, Shaping.shape(value, query: call.query, route: call.route, messages: messages),
          api: api)
    } catch {
      return Answers.failure(error, api)
    }
  }

  /// The answer of the folder that stands for PyPI; nil for requests to other hosts.
  private func answer(_ request: WireRequest, from index: PublicIndex) -> WireResponse? {
    guard let response = index.answer(request) else { return nil }
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

  /// Carries out a call at once if it reads, unless it has to wait, and otherwise with others that change something.
  ///
  /// - Returns: what `respond` makes of the result; nil if `later` is called with it.
  private func run(
    _ call: PreparedCall, later: @escaping Later,
    respond: @escaping @Sendable (Result<JSONValue, APIError>, Principal?) -> WireResponse
  ) -> WireResponse? {
    let isRead = call.route.isRead
    if isRead, let (result, caller) = shared.readNow({ attempt(call, &$0) }) {
      return respond(result, caller)
    }
    shared.add(isRead: isRead) { [self] core in
      let (result, caller) = attempt(call, &core)
      return { failure in later(respond(failure.map { .failure($0) } ?? result, caller)) }
    }
    return nil
  }

  /// Authenticates, authorizes and runs a call.
  private func attempt(
    _ prepared: PreparedCall, _ core: inout SharedState.Core
  ) -> (Result<JSONValue, APIError>, Principal?) {
    var call = prepared.call(settings, offset: core.state.offset)
    let isRead = prepared.route.isRead
    call.lag = core.lag.pass(isRead: isRead, realNow: prepared.realNow)
    do throws(APIError) {
      try Gate.admit(&call, core.state)
      // A copy of the state: a read that sees the past must not change the present.
      if isRead, !call.lag.isEmpty {
        var view = call.lag.view(of: core.state)
        return (.success(try prepared.route.run(call, &view)), call.caller)
      }
      let value = try prepared.route.run(call, &core.state)
      if let fault = prepared.fault { applyFault(to: value, fault, of: call, in: &core) }
      return (.success(value), call.caller)
    } catch {
      // A handler that throws may have changed something already.
      core.state.rollback()
      return (.failure(error), call.caller)
    }
  }

  /// Applies a fault to a change before the change is committed.
  private func applyFault(
    to value: JSONValue, _ fault: Fault, of call: Call, in core: inout SharedState.Core
  ) {
    switch fault {
    case .lag(let length): core.lag.hide(core.state, for: length, realNow: call.realNow)
    case .slowOperation, .failedOperation:
      LongRunningOperations.applyFault(to: value, fault, in: &core.state)
    case .status, .reset, .close, .stall, .delay, .halfHeaders, .truncatedBody: break
    }
  }

  /// Records a request in the journal, and determines the fault that applies to it.
  func begin(
    _ request: WireRequest, _ api: API, realNow: Int64
  ) -> AcceptedRequest {
    let text = JournalText(request)
    return shared.withRecords { [shared] records in
      let entry = records.journal.begin(request.method, text, at: realNow + shared.offset)
      let injection = records.faults.next(for: request)
      var accepted = AcceptedRequest(entry: entry, api: api, injection: injection)
      if let injection, injection.moment == .before {
        entry.end(status: 0, caller: nil, fault: injection.fault.name)
        accepted.replacement = FaultAnswers.answer(injection.fault, to: nil, api)
      }
      return accepted
    }
  }

  /// Records how a request was answered, and returns the answer as its fault leaves it.
  func finish(
    _ accepted: AcceptedRequest, _ response: WireResponse, caller: Principal?
  ) -> WireResponse {
    accepted.entry.end(
      status: response.status, caller: caller, fault: accepted.injection?.fault.name)
    guard let fault = accepted.injection?.fault else { return response }
    return FaultAnswers.answer(fault, to: response, accepted.api)
  }

  /// What `look` returns; nil if that would have to wait for the disk.
  func lookNow<Result: Sendable>(_ body: (State, Int64) -> Result) -> Result? {
    let realNow = RealTime.microseconds()
    return shared.readNow { body($0.state, realNow + $0.state.offset) }
  }

  /// Reads the state, at the time of the sandbox's clock.
  func look<Result: Sendable>(_ body: (State, Int64) -> Result) -> Result {
    let realNow = RealTime.microseconds()
    return shared.read { body($0.state, realNow + $0.state.offset) }
  }

  /// Changes the state. On return the change is on disk; a throw undoes it.
  func change(_ body: (inout State, Int64) throws(APIError) -> Void) throws(APIError) {
    let realNow = RealTime.microseconds()
    try shared.change { (core) throws(APIError) in
      try body(&core.state, realNow + core.state.offset)
    }
  }

  /// Answers paths below `/_sandbox/`, which need no credential and are not in the journal.
  private func control(
    _ request: WireRequest, _ match: Router.Match, _ later: @escaping Later
  ) -> WireResponse? {
    do throws(APIError) {
      let query = Query(request.query)
      try match.route.parameters.refuseUnknown(query)
      if match.route.template == SandboxRoutes.journal {
        guard let since = Int(query["since"] ?? "0") else {
          throw .invalid("since is not a number: \(query["since"] ?? "")")
        }
        return Answers.json(
          200, shared.withRecords { $0.journal }.json(since: since), api: .sandbox)
      }
      let body = try Body(parsing: request.body)
      if match.route.template == FaultRoutes.path { return try faults(match.route.method, body) }
      let call = PreparedCall(request, match, body: body, realNow: RealTime.microseconds())
      return run(call, later: later) { result, _ in
        switch result {
        case .success(let value): Answers.json(200, value, api: .sandbox)
        case .failure(let error): Answers.failure(error, .sandbox)
        }
      }
    } catch {
      return Answers.failure(error, .sandbox)
    }
  }

  private func faults(_ method: HTTPMethod, _ body: Body) throws(APIError) -> WireResponse {
    let result = shared.withRecords { records -> Result<JSONValue, APIError> in
      do throws(APIError) {
        if method == .post { try records.faults.add(body) }
      } catch {
        return .failure(error)
      }
      if method == .delete { records.faults.removeAll() }
      return .success(records.faults.json)
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
    let entry = shared.withRecords { [shared] records in
      records.journal.begin(request.method, text, at: realNow + shared.offset)
    }
    entry.end(status: error.status.http, caller: nil)
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
