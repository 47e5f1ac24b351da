import CLibCurl
import Glibc

/// One of libcurl's handles, for one transfer at a time; owns it (CURL).
///
/// Options that are the same for every request are set once. A GET, which most requests are, sets only what differs from
/// the GET before it; whatever else a handle was used for is removed from it afterwards.
// Only the loop's thread uses it.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  /// The transfer in progress.
  private(set) var transfer: Transfer?
  /// libcurl writes the reason of a failure here.
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private let sessions: UnsafeMutableRawPointer?
  private let configuration: CurlTransport.Configuration
  /// Whether the options are those of `setConstants`, with the values below.
  private var isPrepared = false
  private var fields: [HTTPField] = []
  private var fieldList: UnsafeMutablePointer<curl_slist>?
  private var proxy = ""
  private var timeout = 0
  private var waitsForMultiplexing = false

  /// `sessions` is what the handles share. (curl_easy_init)
  init?(_ configuration: CurlTransport.Configuration, sessions: UnsafeMutableRawPointer?) {
    guard let pointer = shim_easy_init() else { return nil }
    self.pointer = pointer
    self.configuration = configuration
    self.sessions = sessions
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    shim_easy_cleanup(pointer)
    shim_list_free(fieldList)
    errorText.deallocate()
  }

  /// What libcurl said about a failure; empty if it said nothing.
  var failureText: String { String(cString: errorText) }

  /// Takes a transfer and sets its options.
  func begin(_ transfer: Transfer) {
    self.transfer = transfer
    errorText.pointee = 0
    let request = transfer.request
    if !isPrepared { setConstants() }
    shim_set_text(pointer, CURLOPT_URL, request.url)
    set(timeout: request.timeout.milliseconds)
    set(proxy: transfer.proxy ?? "")
    // Wait for a connection that takes several requests at once instead of opening one for each.
    set(waitsForMultiplexing: request.url.hasPrefix("https:") && request.connection == .reused)
    set(fields: request.headers.fields)
    if request.connection == .fresh { shim_set_long(pointer, CURLOPT_FRESH_CONNECT, 1) }
    if request.method != .get || request.body != nil { setMethodAndBody(of: request) }
    isPrepared = request.isPlainGet
  }

  /// Gives up the transfer, with what only it needed.
  func end(failed: Bool) {
    transfer = nil
    guard failed || !isPrepared else { return }
    isPrepared = false
    shim_easy_reset(pointer)
  }

  /// Sets the options that all transfers have in common, on a new handle or after a reset.
  private func setConstants() {
    shim_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorText)
    shim_set_text(pointer, CURLOPT_PROTOCOLS_STR, "http,https")
    shim_set_long(pointer, CURLOPT_FOLLOWLOCATION, 0)
    shim_set_long(pointer, CURLOPT_NOSIGNAL, 1)
    shim_set_long(pointer, CURLOPT_TCP_NODELAY, 1)
    shim_set_long(pointer, CURLOPT_TCP_KEEPALIVE, 1)
    shim_set_long(pointer, CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.milliseconds)
    shim_set_long(pointer, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    shim_set_long(pointer, CURLOPT_HTTPGET, 1)
    shim_set_text(pointer, CURLOPT_USERAGENT, configuration.userAgent)
    shim_set_text(pointer, CURLOPT_ACCEPT_ENCODING, "gzip")
    if let caFile = configuration.caFile { shim_set_text(pointer, CURLOPT_CAINFO, caFile) }
    if let sessions { shim_set_pointer(pointer, CURLOPT_SHARE, sessions) }
    // The empty texts keep libcurl from reading the environment itself.
    proxy = ""
    shim_set_text(pointer, CURLOPT_PROXY, "")
    shim_set_text(pointer, CURLOPT_NOPROXY, "")
    shim_set_long(pointer, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    timeout = 0
    waitsForMultiplexing = false
    shim_set_long(pointer, CURLOPT_PIPEWAIT, 0)
    fields = []
    setList(of: [])
    setCallbacks()
  }

  private func set(timeout: Int) {
    guard timeout != self.timeout else { return }
    self.timeout = timeout
    shim_set_long(pointer, CURLOPT_TIMEOUT_MS, timeout)
  }

  private func set(proxy: String) {
    guard proxy != self.proxy else { return }
    self.proxy = proxy
    shim_set_text(pointer, CURLOPT_PROXY, proxy)
  }

  private func set(waitsForMultiplexing: Bool) {
    guard waitsForMultiplexing != self.waitsForMultiplexing else { return }
    self.waitsForMultiplexing = waitsForMultiplexing
    shim_set_long(pointer, CURLOPT_PIPEWAIT, waitsForMultiplexing ? 1 : 0)
  }

  private func set(fields: [HTTPField]) {
    guard fields != self.fields else { return }
    self.fields = fields
    setList(of: fields)
  }

  private func setList(of fields: [HTTPField]) {
    // libcurl would wait a second for "100 Continue", and declare every body a form.
    var lines = ["Expect:"]
    if !fields.contains(where: { $0.isNamed("Content-Type") }) { lines.append("Content-Type:") }
    for field in fields {
      lines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
    }
    var list: UnsafeMutablePointer<curl_slist>?
    for line in lines { list = shim_list_append(list, line) ?? list }
    shim_set_pointer(pointer, CURLOPT_HTTPHEADER, list)
    shim_list_free(fieldList)
    fieldList = list
  }

  private func setMethodAndBody(of request: HTTPRequest) {
    if request.body != nil || request.method != .delete {
      let body = request.body ?? []
      shim_set_large(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
      // With a NUL at the end, since an empty array may have no address; libcurl uses the size.
      (body + [0]).withUnsafeBytes { bytes in
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        _ = shim_set_text(pointer, CURLOPT_COPYPOSTFIELDS, start)
      }
    }
    // With a body it is a POST for libcurl, whatever the method.
    shim_set_text(pointer, CURLOPT_CUSTOMREQUEST, request.method.rawValue)
  }

  private func setCallbacks() {
    // Unretained: the loop keeps its handles until the end.
    let context = Unmanaged.passUnretained(self).toOpaque()
    shim_set_pointer(pointer, CURLOPT_WRITEDATA, context)
    shim_set_pointer(pointer, CURLOPT_HEADERDATA, context)
    shim_set_pointer(pointer, CURLOPT_OPENSOCKETDATA, context)
    shim_set_callback(pointer, CURLOPT_HEADERFUNCTION) { data, size, count, context in
      guard let data, let context else { return 0 }
      let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
      return EasyHandle.of(context).transfer?.take(header: bytes) ?? 0
    }
    shim_set_callback(pointer, CURLOPT_WRITEFUNCTION) { data, size, count, context in
      guard let data, let context else { return 0 }
      let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
      return EasyHandle.of(context).transfer?.take(body: bytes) ?? 0
    }
    shim_set_socket_callback(pointer) { context, _, address in
      guard let address, let context else { return -1 }
      return EasyHandle.of(context).transfer?.socket(for: address) ?? -1
    }
  }

  private static func of(_ context: UnsafeMutableRawPointer) -> EasyHandle {
    Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
  }
}

extension HTTPRequest {
  /// Whether it leaves nothing on a handle that the next request would have to undo.
  fileprivate var isPlainGet: Bool { method == .get && body == nil && connection == .reused }
}

extension Duration {
  /// Whole milliseconds, at least 1: libcurl reads 0 as no limit.
  fileprivate var milliseconds: Int { Int(min(max(self / .milliseconds(1), 1), 2_000_000_000)) }
}
