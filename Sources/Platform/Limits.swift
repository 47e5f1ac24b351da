import Glibc

/// The limits on descriptors, threads and memory of this process: those of the shell (`ulimit`), of the user, of a
/// container.
public enum Limits {
  /// The limit that a failed call reached, as users read it; nil if the code has another meaning.
  ///
  /// - Parameter call: EAGAIN means a limit only where a thread or a process is started.
  public static func explanation(of code: Int32, from call: String = "") -> String? {
    switch code {
    case EMFILE: "too many open files: \(descriptors.shown)"
    case ENFILE: "too many open files on this machine"
    case ENOMEM: "out of memory\(memoryLimits)"
    case EAGAIN where call == "pthread_create" || call.hasPrefix("posix_spawn"):
      "no more threads or processes: \(threadLimits)"
    default: nil
    }
  }

  /// Raises the limit on descriptors to the highest allowed one, but at most 65,536. The default is often lower, for
  /// programs that use select(2), which cannot handle more than 1,024. (setrlimit)
  public static func raiseDescriptors() {
    var limit = Limit.descriptors.value
    guard limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 65_536))
    setrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// The number of free descriptors. (/proc/self/fd, getrlimit)
  public static var freeDescriptors: Int {
    let most = Int(clamping: Limit.descriptors.value.rlim_cur)
    guard let folder = opendir("/proc/self/fd") else {
      // No descriptor is free for the folder, or it does not exist: count the free ones among the first 1,024.
      return (0..<min(most, 1024)).count { fcntl(Int32($0), F_GETFD) == -1 }
    }
    defer { closedir(folder) }
    var open = 0
    while readdir(folder) != nil { open += 1 }
    // `.`, `..` and the entry of the folder itself.
    return max(0, most - (open - 3))
  }

  /// The limit on descriptors, as in "`ulimit -n` is 64".
  public static var descriptorLimit: String { descriptors.shown }

  /// Whether `ulimit -v` is set. It counts memory that is reserved and never used, such as the stacks of threads.
  static var isAddressSpaceLimited: Bool { Limit.addressSpace.isSet }

  /// Why this much memory, or the memory of this many threads, is not available; nil if it is. The memory is requested
  /// and given back at once. (mmap)
  public static func shortage(ofMemory bytes: Int, threads: Int) -> String? {
    guard Limit.addressSpace.isSet || Limit.data.isSet else { return nil }
    let wanted = bytes + (Limit.addressSpace.isSet ? threads * threadSpace : 0)
    let isAvailable =
      canReserve(bytes, PROT_READ | PROT_WRITE) && canReserve(wanted, PROT_NONE)
    return isAvailable
      ? nil : "less than \(wanted >> 20) MiB of memory are available\(memoryLimits)"
  }

  /// What glibc reserves for a thread that allocates: a heap of 64 MiB, with room to align it, and its stack.
  private static let threadSpace = 72 << 20

  private static func canReserve(_ bytes: Int, _ protection: Int32) -> Bool {
    // MAP_PRIVATE, MAP_ANONYMOUS and MAP_NORESERVE: its pages are never created.
    let start = mmap(nil, bytes, protection, MAP_PRIVATE | 0x20 | 0x4000, -1, 0)
    if start == MAP_FAILED { return false }
    munmap(start, bytes)
    return true
  }

  private static var descriptors: Limit { .descriptors }

  private static var threadLimits: String {
    let limits =
      [Limit.processes, .addressSpace].filter(\.isSet).map(\.shown)
      + (containerLimit.map { ["the container's pids.max is \($0)"] } ?? [])
    return limits.isEmpty ? "the system allows no more" : limits.joined(separator: ", ")
  }

  private static var memoryLimits: String {
    let limits = [Limit.addressSpace, .data].filter(\.isSet).map(\.shown)
    return limits.isEmpty ? "" : ": " + limits.joined(separator: ", ")
  }

  /// The limit on processes and threads of this container; nil if there is none. (cgroup v2)
  private static var containerLimit: Int? {
    let file = try? LocalFileSystem().read("/sys/fs/cgroup/pids.max", maximumBytes: 64)
    return file.flatMap { Int(String(decoding: $0.prefix { $0 != 0x0A }, as: UTF8.self)) }
  }
}

/// One limit of this process. (getrlimit)
private enum Limit {
  case descriptors, processes, addressSpace, data

  private var number: __rlimit_resource {
    switch self {
    case .descriptors: RLIMIT_NOFILE
    case .processes: __RLIMIT_NPROC
    case .addressSpace: RLIMIT_AS
    case .data: RLIMIT_DATA
    }
  }

  var value: rlimit {
    var value = rlimit()
    getrlimit(Int32(number.rawValue), &value)
    return value
  }

  /// Whether the limit is set. (RLIM_INFINITY)
  var isSet: Bool { value.rlim_cur < rlim_t(Int64.max) }

  /// As users set it in a shell.
  var shown: String {
    let value = value.rlim_cur
    switch self {
    case .descriptors: return "`ulimit -n` is \(value)"
    case .processes: return "`ulimit -u` is \(value)"
    case .addressSpace: return "`ulimit -v` is \(value >> 10)"
    case .data: return "`ulimit -d` is \(value >> 10)"
    }
  }
}
