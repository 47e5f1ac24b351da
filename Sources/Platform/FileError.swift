import Glibc

/// Why a file-system call failed.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path that the call was about.
  public let path: String
  /// The value of `errno`.
  public let code: Int32
  /// The call, as `open` or `fsync`.
  public let call: String

  /// What to print in place of the code's text; nil where that is good enough.
  private var explanation: String?

  /// The error of a call on a path, with the `errno` that it left.
  public init(path: String, code: Int32, call: String) {
    self.path = path
    self.code = code
    self.call = call
  }

  /// The error for a pipe, a socket or a device where a file is wanted; its code is EINVAL.
  static func notRegular(_ path: String) -> FileError {
    var error = FileError(path: path, code: EINVAL, call: "open")
    error.explanation = "is not a regular file"
    return error
  }

  /// What went wrong: `Permission denied`; where a limit was reached, which one. (strerror, which is thread-safe in
  /// glibc 2.32)
  public var reason: String {
    explanation ?? Limits.explanation(of: code, from: call) ?? strerror(code).map {
      String(cString: $0)
    } ?? "errno \(code)"
  }

  public var description: String { "\(path): \(reason) (\(call))" }
}

/// The result of a libc call that returns -1 and sets `errno` when it fails; a call that a signal
/// interrupted is repeated. The only place that looks at `errno`.
func check<Result: SignedInteger>(
  _ call: String, _ path: String, _ body: () -> Result
) throws(FileError) -> Result {
  while true {
    let result = body()
    guard result == -1 else { return result }
    let code = errno
    guard code == EINTR else { throw FileError(path: path, code: code, call: call) }
  }
}
