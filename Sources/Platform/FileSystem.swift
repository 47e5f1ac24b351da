/// Why a file-system call failed.
public struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  public let path: String
  /// The value of `errno`.
  public let code: Int32
  /// The call, as `open` or `fsync`.
  public let call: String
  public init(path: String, code: Int32, call: String) {
    self.path = path
    self.code = code
    self.call = call
  }
  public var description: String { "\(path): \(call) failed (errno \(code))" }
}
