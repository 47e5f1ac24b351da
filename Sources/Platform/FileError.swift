import Glibc

/// Why a file-system call failed.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The path that the call was about.
  public let path: String
  /// The value of `errno`.
  public let code: Int32
  /// The call, such as `open` or `fsync`.
  public let call: String

  /// The text to print instead of the code's; nil if that one is good enough.
  private var explanation: String?

  /// The error of a call on a path, with the `errno` that it left.
  public init(path: String, code: Int32, call: String) {
    self.path = path
    self.code = code
    self.call = call
  }

  /// The error for a pipe, a socket or a device in place of a file; its code is EINVAL.
  static func notRegular(_ path: String) -> FileError {
    var error = FileError(path: path, code: EINVAL, call: "open")
    error.explanation = "is not a regular file"
    return error
  }

  /// What went wrong: `Permission denied`, or the limit that was reached. (strerror, which is thread-safe since glibc
  /// 2.32)
  public var reason: String {
    explanation ?? Limits.explanation(of: code, from: call) ?? strerror(code).map {
      String(cString: $0)
    } ?? "errno \(code)"
  }

  public var description: String { "\(path): \(reason) (\(call))" }
}

/// The result of a libc call that returns -1 and sets `errno` if it fails. Repeats a call that a signal interrupted. No
/// other code looks at `errno` after such calls.
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
