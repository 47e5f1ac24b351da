import Glibc

/// Ends this process with an exit code, without the final steps of libraries. (_exit)
///
/// Other threads run until the process has ended, and some may be inside a library. They may still use what `exit`
/// would free (OpenSSL's tables, for example), and a successful run would end by a signal. All output is written at
/// this point, since no stream here has a buffer.
public func endProcess(_ code: Int32) -> Never { _exit(code) }
