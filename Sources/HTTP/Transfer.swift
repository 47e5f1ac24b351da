import CLibCurl
import Glibc

/// One request in progress, and its answer so far.
// Sendable although it changes: the task that creates it hands it over and does not touch it afterwards. From then on
// only the loop's thread does.
final class Transfer: @unchecked Sendable {
  let id: UInt64
  let request: HTTPRequest
  let finish: @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  let configuration: CurlTransport.Configuration
  private var head = ResponseHead()
  private var body: [UInt8] = []
  private var share: AnswerMemory.Share
  /// Why the rest of the body was refused.
  private(set) var refusal: Refusal?
  /// The error of the last socket that could not be created; zero if there is none.
  private(set) var socketError: Int32 = 0
  /// Whether a connection to a proxy was refused because its address is this machine's.
  private(set) var refusedLocalProxy = false

  enum Refusal {
    /// The answer is over the size limit.
    case tooLong
    /// All answers together are over the limit.
    case memoryExceeded
  }

  /// The proxy that the request is sent through; nil for none.
  private(set) lazy var proxy = configuration.proxies.proxy(for: request)

  init(
    _ id: UInt64, _ request: HTTPRequest, _ configuration: CurlTransport.Configuration,
    finish: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  ) {
    self.id = id
    self.request = request
    self.configuration = configuration
    self.finish = finish
    share = AnswerMemory.Share(configuration.answerMemory)
  }

  /// The failure of a cancelled task.
  var cancellation: HTTPFailure { HTTPFailure(.cancelled, "\(request.host): cancelled") }

  /// The answer, or why there is none, after libcurl has finished with `handle`.
  func result(of code: CURLcode, _ handle: EasyHandle) -> Result<HTTPResponse, HTTPFailure> {
    let easy = handle.pointer
    guard code == CURLE_OK, refusal == nil else {
      return .failure(.curl(code, of: self, easy, detail: handle.failureText))
    }
    // libcurl reports an answer as success if the connection was closed, even if the answer is incomplete.
    let isHTTP2 = shim_get_long(easy, CURLINFO_HTTP_VERSION) >= Int(CURL_HTTP_VERSION_2_0)
    guard head.isComplete, isHTTP2 || head.isFramed else {
      return .failure(HTTPFailure(.ambiguous, "\(request.host): the answer was cut short"))
    }
    var response = HTTPResponse(status: head.status, headers: head.headers, body: body)
    response.share = share
    return .success(response)
  }

  /// A socket to connect to an address; -1 if there is none. libcurl has looked up the name by now, so what decides is
  /// the address of the proxy, whatever its name. (socket)
  func socket(for address: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
    if !configuration.permitsLocalProxy, proxy != nil,
      LoopbackAddress.contains(shim_socket_address(address))
    {
      refusedLocalProxy = true
      return -1
    }
    let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    let socket = Glibc.socket(address.pointee.family, type, address.pointee.`protocol`)
    // libcurl would report "Couldn't connect" and lose the reason.
    if socket < 0 { socketError = errno }
    return socket
  }

  func take(header bytes: UnsafeRawBufferPointer) -> Int {
    head.take(line: bytes)
    return bytes.count
  }

  /// Returning fewer bytes than arrived makes libcurl stop.
  func take(body bytes: UnsafeRawBufferPointer) -> Int {
    let needed = body.count + bytes.count
    guard needed <= configuration.maximumAnswerBytes else { return refuse(.tooLong) }
    if needed > body.capacity {
      let capacity = max(
        needed, min(body.capacity * 2, configuration.maximumAnswerBytes),
        body.isEmpty ? announced : 0)
      guard share.grow(to: capacity) else { return refuse(.memoryExceeded) }
      body.reserveCapacity(capacity)
    }
    body.append(contentsOf: bytes)
    return bytes.count
  }

  /// The length that the answer announces, as far as every answer has memory for it. Compressed bodies are longer.
  private var announced: Int {
    let length = head.headers["Content-Length"].flatMap { Int($0) } ?? 0
    return min(max(length, 0), AnswerMemory.ownPart, configuration.maximumAnswerBytes)
  }

  /// Frees the received bytes now, since the transfer may end much later.
  private func refuse(_ refusal: Refusal) -> Int {
    self.refusal = refusal
    body = []
    share = AnswerMemory.Share(configuration.answerMemory)
    return 0
  }
}
