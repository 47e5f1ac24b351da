import Glibc

/// Finds the program that a link to this one hides: the next one of the same name in PATH.
///
///     // In a program that was called as `keyring`:
///     let search = ProgramSearch(executable: "/usr/local/bin/arctl", environment: .current)
///     if let next = search.next("keyring") { ... }
public struct ProgramSearch: Sendable {
  /// A program to run instead of this one.
  public struct Found: Sendable, Hashable {
    /// Its path.
    public let path: String
    /// The environment for it, which names the programs that have passed on already.
    public let environment: ProcessEnvironment
  }

  /// The variable with the files of the programs that have passed on, so that copies of this program, and scripts that
  /// call it, do not pass on to each other without end.
  static let variable = "ARCTL_PASSED_ON"

  /// The path of this program's file; nil if it is not known.
  public var executable: String?
  /// With PATH.
  public var environment: ProcessEnvironment

  /// A search of the program in `executable`.
  public init(executable: String?, environment: ProcessEnvironment) {
    self.executable = executable
    self.environment = environment
  }

  /// The first program of this name in PATH that is neither this one nor one that has passed on; nil if there is none, or
  /// if this program's own file is not known.
  ///
  /// Files are compared, not paths: all links to one file are the same program. Relative and empty folders of PATH are
  /// skipped, because they would run a program of the working folder. (stat, access)
  public func next(_ name: String) -> Found? {
    guard let executable, let own = Self.identity(of: executable) else { return nil }
    let before = (environment[Self.variable] ?? "").split(separator: ",").map(String.init)
    let passed = Set(before + [own])
    for folder in (environment["PATH"] ?? "").split(separator: ":") where folder.hasPrefix("/") {
      let path = "\(folder)/\(name)"
      guard access(path, X_OK) == 0, let identity = Self.identity(of: path),
        !passed.contains(identity)
      else { continue }
      var environment = environment
      environment[Self.variable] = (before + [own, identity]).joined(separator: ",")
      return Found(path: path, environment: environment)
    }
    return nil
  }

  /// The device and number of a regular file, after all links; nil for anything else. (stat)
  private static func identity(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return "\(status.st_dev):\(status.st_ino)"
  }
}

/// Becomes another program, which keeps the id and the streams of this process. Returns only if that fails. (execve)
public func becomeProgram(
  _ path: String, arguments: [String], environment: ProcessEnvironment
) -> FileError {
  // An ignored SIGPIPE would stay ignored in the other program.
  signal(SIGPIPE, SIG_DFL)
  let code = withCStrings([path] + arguments) { argv in
    withCStrings(environment.variables.map { "\($0.key)=\($0.value)" }) { environ in
      execve(path, argv, environ)
      return errno
    }
  }
  ignoreSIGPIPE()
  return FileError(path: path, code: code, call: "execve")
}
