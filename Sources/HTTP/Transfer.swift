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

  /// libcurl writes the reason of a failure here. It must exist while the transfer is in progress.
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var headerList: UnsafeMutablePointer<curl_slist>?

  init(
    _ id: UInt64, _ request: HTTPRequest, _ configuration: CurlTransport.Configuration,
    finish: @escaping @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  ) {
    self.id = id
    self.request = request
    self.configuration = configuration
    self.finish = finish
    share = AnswerMemory.Share(configuration.answerMemory)
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    curl_slist_free_all(headerList)
    errorText.deallocate()
  }

  /// The failure of a cancelled task.
  var cancellation: HTTPFailure { HTTPFailure(.cancelled, "\(request.host): cancelled") }

  /// The answer, or why there is none, after libcurl has finished with `easy`.
  func result(
    of code: CURLcode, _ easy: UnsafeMutableRawPointer
  ) -> Result<HTTPResponse, HTTPFailure> {
    guard code == CURLE_OK, refusal == nil else {
      return .failure(.curl(code, of: self, easy, detail: String(cString: errorText)))
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

  /// Sets all options of a new handle.
  func configure(_ easy: UnsafeMutableRawPointer) {
    shim_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
    shim_set_text(easy, CURLOPT_URL, request.url)
    shim_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    shim_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    shim_set_long(easy, CURLOPT_NOSIGNAL, 1)
    shim_set_long(easy, CURLOPT_TCP_NODELAY, 1)
    shim_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1)
    shim_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.milliseconds)
    shim_set_long(easy, CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
    shim_set_long(easy, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    if request.connection == .fresh { shim_set_long(easy, CURLOPT_FRESH_CONNECT, 1) }
    // Wait for a connection that takes several requests at once instead of opening one for each.
    let multiplexes = request.url.hasPrefix("https:") && request.connection == .reused
    shim_set_long(easy, CURLOPT_PIPEWAIT, multiplexes ? 1 : 0)
    shim_set_text(easy, CURLOPT_USERAGENT, configuration.userAgent)
    shim_set_text(easy, CURLOPT_ACCEPT_ENCODING, "gzip")
    if let caFile = configuration.caFile { shim_set_text(easy, CURLOPT_CAINFO, caFile) }
    // The empty text keeps libcurl from reading the environment itself.
    shim_set_text(easy, CURLOPT_PROXY, configuration.proxies.proxy(for: request) ?? "")
    shim_set_text(easy, CURLOPT_NOPROXY, "")
    shim_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    setBody(easy)
    setHeaders(easy)
    setCallbacks(easy)
  }

  private func setBody(_ easy: UnsafeMutableRawPointer) {
    let hasBody = request.body != nil || ![.get, .delete].contains(request.method)
    if hasBody {
      let body = request.body ?? []
      shim_set_large(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      // With a NUL at the end, since an empty array may have no address; libcurl uses the size.
      (body + [0]).withUnsafeBytes { bytes in
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        _ = shim_set_text(easy, CURLOPT_COPYPOSTFIELDS, start)
      }
    } else {
      shim_set_long(easy, CURLOPT_HTTPGET, 1)
    }
    shim_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
  }

  private func setHeaders(_ easy: UnsafeMutableRawPointer) {
    // libcurl would wait a second for "100 Continue", and declare every body a form.
    var lines = ["Expect:"]
    if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
    for field in request.headers.fields {
      lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    for line in lines { headerList = curl_slist_append(headerList, line) ?? headerList }
    shim_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
  }

  private func setCallbacks(_ easy: UnsafeMutableRawPointer) {
    // Unretained: the loop keeps the transfer while it is in progress.
    let context = Unmanaged.passUnretained(self).toOpaque()
    shim_set_pointer(easy, CURLOPT_WRITEDATA, context)
    shim_set_pointer(easy, CURLOPT_HEADERDATA, context)
    shim_set_callback(easy, CURLOPT_HEADERFUNCTION) { data, size, count, context in
      guard let data, let context else { return 0 }
      let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
      return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().take(header: bytes)
    }
    shim_set_callback(easy, CURLOPT_WRITEFUNCTION) { data, size, count, context in
      guard let data, let context else { return 0 }
      let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
      return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().take(body: bytes)
    }
    shim_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context)
    shim_set_socket_callback(easy) { context, _, address in
      guard let address, let context else { return -1 }
      return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().socket(for: address)
    }
  }

  /// A socket to connect to an address; -1 if there is none. libcurl has looked up the name by now, so what decides is
  /// the address of the proxy, whatever its name. (socket)
  private func socket(for address: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
    if !configuration.permitsLocalProxy, configuration.proxies.proxy(for: request) != nil,
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

  private func take(header bytes: UnsafeRawBufferPointer) -> Int {
    head.take(line: bytes)
    return bytes.count
  }

  /// Returning fewer bytes than arrived makes libcurl stop.
  private func take(body bytes: UnsafeRawBufferPointer) -> Int {
    let needed = body.count + bytes.count
    guard needed <= configuration.maximumAnswerBytes else { return refuse(.tooLong) }
    if needed > body.capacity {
      let capacity = max(needed, min(body.capacity * 2, configuration.maximumAnswerBytes))
      guard share.grow(to: capacity) else { return refuse(.memoryExceeded) }
      body.reserveCapacity(capacity)
    }
    body.append(contentsOf: bytes)
    return bytes.count
  }

  /// Frees the received bytes now, since the transfer may end much later.
  private func refuse(_ refusal: Refusal) -> Int {
    self.refusal = refusal
    body = []
    share = AnswerMemory.Share(configuration.answerMemory)
    return 0
  }
}

extension Duration {
  /// Whole milliseconds, at least 1: libcurl reads 0 as no limit.
  fileprivate var milliseconds: Int { Int(min(max(self / .milliseconds(1), 1), 2_000_000_000)) }
}
