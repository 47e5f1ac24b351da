/// A resource of the machine that a program needs and cannot get. It is looked for before a run begins, because running
/// short in the middle of an apply leaves it half done.
public struct Shortage: Error, Sendable, Hashable {
  /// What is short, and which limit says so.
  public let message: String
  /// What to type.
  public let help: String

  /// Checks for so many bytes of memory, room for so many threads, and so many descriptors; nil where all are available.
  public static func of(memory: Int, threads: Int = 0, descriptors: Int) -> Shortage? {
    if let reason = Limits.shortage(ofMemory: memory, threads: threads) {
      return Shortage(
        message: reason, help: "raise the limit: ulimit -v unlimited; ulimit -d unlimited")
    }
    guard Limits.freeDescriptors < descriptors else { return nil }
    return Shortage(
      message: "fewer than \(descriptors) more files can be open: \(Limits.descriptorLimit)",
      help: "raise the limit: ulimit -n 1024")
  }

  /// The shortage that kept a thread from starting.
  public static func ofThreads(_ error: FileError) -> Shortage {
    Shortage(
      message: "the threads that it needs cannot be started: \(error.reason)",
      help: "raise the limit: ulimit -u 4096; in a container, its limit of processes")
  }
}
