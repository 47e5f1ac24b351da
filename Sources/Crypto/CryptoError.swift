import COpenSSL

/// Why a cryptographic operation failed. Never contains key material.
public struct CryptoError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What happened, as users read it.
  public let message: String
  /// Whether memory ran out. The error then says nothing about the input.
  public private(set) var isOutOfMemory = false

  /// An error that OpenSSL did not report itself.
  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

extension CryptoError {
  /// The error of the OpenSSL call that just failed on this thread. Empties the error queue.
  ///
  /// No other code reads that queue (ERR_get_error). The first entry is the root cause.
  static func openSSL(_ doing: String) -> CryptoError {
    let code = ERR_get_error()
    // If one entry says that memory ran out, the others are consequences.
    var next = code
    while next != 0 {
      if shim_is_out_of_memory(next) != 0 {
        ERR_clear_error()
        var error = CryptoError("\(doing): out of memory")
        error.isOutOfMemory = true
        return error
      }
      next = ERR_get_error()
    }
    guard code != 0, let reason = ERR_reason_error_string(code) else { return CryptoError(doing) }
    return CryptoError("\(doing): \(String(cString: reason))")
  }
}
