import CLibCurl

/// The library of libcurl, which is loaded and initialised when it is used for the first time.
enum LibCurl {
  /// Why it cannot be loaded, in the words of the dynamic linker; nil if it is there. (dlopen)
  static let missing: String? = shim_load().map { String(cString: $0) }

  /// Why nothing can be sent; nil if it is ready. (curl_global_init)
  static let problem: String? = {
    if let missing { return missing }
    let code = shim_global_init(Int(CURL_GLOBAL_DEFAULT))
    return code == CURLE_OK
      ? nil : "libcurl does not start: \(String(cString: shim_easy_strerror(code)))"
  }()
}

extension CurlTransport {
  /// Why libcurl cannot be loaded on this machine, in the words of the dynamic linker; nil if it is there. Loads it.
  public static var missingLibrary: String? { LibCurl.missing }
}
