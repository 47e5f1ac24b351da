import CLibCurl
import Glibc
import Platform

extension HTTPFailure {
  /// The failure for a code of libcurl. No other code reads such codes.
  ///
  /// `detail` is libcurl's own text. The message uses it only if it is about the connection: in other cases it may
  /// quote what the server sent.
  static func curl(
    _ code: CURLcode, of transfer: Transfer, _ easy: UnsafeMutableRawPointer, detail: String
  ) -> HTTPFailure {
    let host = transfer.request.host
    let proxy = transfer.configuration.proxies.name(for: transfer.request)
    let place = proxy.map { "\(host) (through the proxy \($0))" } ?? host
    let general = String(cString: shim_easy_strerror(code))
    let specific = detail.isEmpty ? general : detail
    // libcurl itself repeats a request if a reused connection swallowed it. It may then fail to connect although the
    // request was already sent.
    let wasSent =
      shim_get_large(easy, CURLINFO_PRETRANSFER_TIME_T) > 0
      || shim_get_long(easy, CURLINFO_REQUEST_SIZE) > 0
    let proxyStatus = shim_get_long(easy, CURLINFO_HTTP_CONNECTCODE)

    switch code {
    // After sending, an "unsupported protocol" means that the answer is not HTTP.
    case _ where !wasSent && (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL):
      return HTTPFailure(.invalid, "\(host): \(general)")
    case _ where transfer.refusal == .tooLong:
      let limit = transfer.configuration.maximumAnswerBytes >> 20
      return HTTPFailure(.tooLarge, "\(place): the answer is longer than \(limit) MiB")
    case _ where transfer.refusal == .memoryExceeded:
      let limit = transfer.configuration.answerMemory.limit >> 20
      return HTTPFailure(
        .ambiguous, "\(place): the answers in progress are longer than \(limit) MiB together")
    case CURLE_RECV_ERROR where proxyStatus != 0 && proxyStatus / 100 != 2:
      return HTTPFailure(.notSent, "\(place): the proxy answered \(proxyStatus)")
    case _ where wasSent: break
    // Only if no other address of the proxy was left.
    case _ where transfer.refusedLocalProxy:
      return HTTPFailure(
        .localProxy, ProxyRules.localProxyRefusal(proxy ?? "") + ": nothing was sent")
    case _ where Limits.explanation(of: transfer.socketError) != nil:
      let reason = Limits.explanation(of: transfer.socketError) ?? specific
      return HTTPFailure(.exhausted, "cannot connect to \(place): \(reason)")
    case CURLE_OUT_OF_MEMORY:
      let reason = Limits.explanation(of: ENOMEM) ?? specific
      return HTTPFailure(.exhausted, "cannot connect to \(place): \(reason)")
    case _ where detail.contains("thread failed to start"):
      let reason = Limits.explanation(of: EAGAIN, from: "pthread_create") ?? specific
      return HTTPFailure(.exhausted, "cannot look up \(place): \(reason)")
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT,
      CURLE_PROXY, CURLE_INTERFACE_FAILED, CURLE_FAILED_INIT,
      CURLE_NO_CONNECTION_AVAILABLE:
      let isRefused = shim_get_long(easy, CURLINFO_OS_ERRNO) == Int(ECONNREFUSED)
      let reason = isRefused ? "the connection was refused" : specific
      return HTTPFailure(.notSent, "cannot connect to \(place): \(reason)")
    case CURLE_OPERATION_TIMEDOUT:
      return HTTPFailure(.notSent, "cannot connect to \(place) in time")
    case CURLE_SSL_CONNECT_ERROR where isConnectionLoss(detail):
      return HTTPFailure(.notSent, "cannot connect to \(place): \(specific)")
    case let code where tlsCodes.contains(code.rawValue):
      return HTTPFailure(.tls, "TLS with \(place) failed: \(specific)")
    default: break
    }
    if code == CURLE_OPERATION_TIMEDOUT {
      let limit = transfer.request.timeout
      return HTTPFailure(.ambiguous, "\(place): no complete answer within \(limit)")
    }
    if code == CURLE_PARTIAL_FILE {
      return HTTPFailure(.ambiguous, "\(place): the answer was cut short")
    }
    return HTTPFailure(.ambiguous, "\(place): \(general)")
  }

  /// Whether the connection failed and not the handshake. Only then is another try useful.
  private static func isConnectionLoss(_ detail: String) -> Bool {
    detail.contains("SSL_ERROR_SYSCALL") || detail.contains("Connection reset")
  }

  private static let tlsCodes = Set(
    [
      CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
      CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED,
    ].map(\.rawValue))
}
