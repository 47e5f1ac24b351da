import Glibc

/// Ends this process with an exit code, without running what libraries left for the end. (_exit)
///
/// The other threads go on until the process has ended, and some of them may be inside a library: they may still use what
/// `exit` would free (OpenSSL's tables, for example), and a finished run would end by a signal. All output is written by
/// then, as no stream here has a buffer.
public func endProcess(_ code: Int32) -> Never { _exit(code) }
