import CLibCurl
import Glibc

/// One request on its way and what has come of its answer.
// Sendable though it changes: the task that makes it hands it over and does not touch it afterwards;
// from then on only the thread of the loop does.
final class Transfer: @unchecked Sendable {
  let id: UInt64
  let request: HTTPRequest
  let finish: @Sendable (Result<HTTPResponse, HTTPFailure>) -> Void
  let configuration: CurlTransport.Configuration
  private var head = ResponseHead()
  private var body: [UInt8] = []
  private var share: AnswerMemory.Share
  /// Why no more of the body was taken.
  private(set) var refusal: Refusal?
  /// The error of the last socket that could not be had; zero without one.
  private(set) var socketError: Int32 = 0

  enum Refusal {
    /// It is longer than any answer may be.
    case tooLong
    /// All answers together are.
    case tooMuch
  }

  /// Where libcurl writes what went wrong; it must stay while the transfer is under way.
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

  /// What the task gets that was cancelled.
  var cancellation: HTTPFailure { HTTPFailure(.cancelled, "\(request.host): cancelled") }

  /// The answer, or why there is none, once libcurl is done with `easy`.
  func result(
    of code: CURLcode, _ easy: UnsafeMutableRawPointer
  ) -> Result<HTTPResponse, HTTPFailure> {
    guard code == CURLE_OK, refusal == nil else {
      return .failure(.curl(code, of: self, easy, detail: String(cString: errorText)))
    }
    // libcurl reports as success what ended by the closing of the connection, cut or not.
    let isHTTP2 = shim_get_long(easy, CURLINFO_HTTP_VERSION) >= Int(CURL_HTTP_VERSION_2_0)
    guard head.isComplete, isHTTP2 || head.isFramed else {
      return .failure(HTTPFailure(.ambiguous, "\(request.host): the answer was cut short"))
    }
    var response = HTTPResponse(status: head.status, headers: head.headers, body: body)
    response.share = share
    return .success(response)
  }

  /// Sets every option of a fresh handle.
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
    // Wait for a connection that takes many requests at once rather than open one for each.
    let multiplexes = request.url.hasPrefix("https:") && request.connection == .reused
    shim_set_long(easy, CURLOPT_PIPEWAIT, multiplexes ? 1 : 0)
    shim_set_text(easy, CURLOPT_USERAGENT, configuration.userAgent)
    shim_set_text(easy, CURLOPT_ACCEPT_ENCODING, "gzip")
    if let caFile = configuration.caFile { shim_set_text(easy, CURLOPT_CAINFO, caFile) }
    // The empty text keeps libcurl from looking at the environment by itself.
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
      // A NUL after it, as an empty array may have no address; libcurl goes by the size.
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
    // libcurl would wait a second for "100 Continue", and call every body a form.
    var lines = ["Expect:"]
    if request.headers["Content-Type"] == nil { lines.append("Content-Type:") }
    for field in request.headers.fields {
      lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    for line in lines { headerList = curl_slist_append(headerList, line) ?? headerList }
    shim_set_pointer(easy, CURLOPT_HTTPHEADER, headerList)
  }

  private func setCallbacks(_ easy: UnsafeMutableRawPointer) {
    // Unretained: the loop keeps the transfer for as long as it is under way.
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
      guard let address = address?.pointee else { return -1 }
      let type = address.socktype | Int32(SOCK_CLOEXEC.rawValue)
      let socket = Glibc.socket(address.family, type, address.`protocol`)
      // libcurl would say "Couldn't connect" and forget why.
      if socket < 0, let context {
        Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().socketError = errno
      }
      return socket
    }
  }

  private func take(header bytes: UnsafeRawBufferPointer) -> Int {
    head.take(line: bytes)
    return bytes.count
  }

  /// Returning fewer bytes than came makes libcurl stop.
  private func take(body bytes: UnsafeRawBufferPointer) -> Int {
    let needed = body.count + bytes.count
    guard needed <= configuration.maximumAnswerBytes else { return refuse(.tooLong) }
    if needed > body.capacity {
      let capacity = max(needed, min(body.capacity * 2, configuration.maximumAnswerBytes))
      guard share.grow(to: capacity) else { return refuse(.tooMuch) }
      body.reserveCapacity(capacity)
    }
    body.append(contentsOf: bytes)
    return bytes.count
  }

  /// Frees the bytes that came at once: the transfer may end much later.
  private func refuse(_ refusal: Refusal) -> Int {
    self.refusal = refusal
    body = []
    share = AnswerMemory.Share(configuration.answerMemory)
    return 0
  }
}

extension Duration {
  /// Whole milliseconds, at least 1: to libcurl, 0 is no limit at all.
  fileprivate var milliseconds: Int { Int(min(max(self / .milliseconds(1), 1), 2_000_000_000)) }
}
