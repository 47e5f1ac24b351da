import Glibc

/// Ends this process with an exit code, without running what libraries left for the end. (_exit)
///
/// The other threads go on until the process is gone, and some of them may be inside a library: what `exit` would free
/// (OpenSSL's tables among it) they may still use, and that ends a finished run by a signal. Whatever must be written is
/// written by then: no output here waits in a buffer.
public func endProcess(_ code: Int32) -> Never { _exit(code) }
