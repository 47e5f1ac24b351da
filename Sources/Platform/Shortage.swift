/// A resource of the machine that a program needs and cannot get. Checked before a run starts, because a shortage
/// during an apply would leave it half done.
public struct Shortage: Error, Sendable, Hashable {
  /// What is missing, and the limit that causes it.
  public let message: String
  /// What the user can type.
  public let help: String

  /// Checks for this much memory, this many threads and this many descriptors; nil if all of them are available.
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

  /// A shared library that is not installed, or that is of another version.
  ///
  /// - Parameters:
  ///   - problem: what the dynamic linker said of it.
  ///   - package: Debian's package with it.
  public static func ofLibrary(_ name: String, _ problem: String, package: String) -> Shortage {
    Shortage(
      message: "\(name) cannot be loaded: \(problem)",
      help: "install \(name) (Debian: apt install \(package))")
  }

  /// The shortage that prevented a thread from starting.
  public static func ofThreads(_ error: FileError) -> Shortage {
    Shortage(
      message: "the threads that it needs cannot be started: \(error.reason)",
      help: "raise the limit: ulimit -u 4096; in a container, its limit of processes")
  }
}
