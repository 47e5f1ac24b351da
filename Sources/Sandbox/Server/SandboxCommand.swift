import CommandLine
import Glibc
import Platform
import SandboxWire

/// The program `arctl-sandbox`: reads its arguments and serves until it is stopped.
public enum SandboxCommand {
  /// Runs the program.
  ///
  /// - Parameter arguments: without the program's name.
  /// - Returns: the exit code: 0 after SIGTERM or SIGINT, 1 if it cannot start, 64 for wrong arguments.
  public static func run(_ arguments: [String]) -> Int32 {
    do throws(UsageError) {
      let parsed = try spec.parse(arguments)
      if parsed.wantsHelp {
        OutputStream.standardOutput.write(
          spec.help(program: "arctl-sandbox", prefix: "", width: helpWidth))
        return 0
      }
      if parsed.has("operations") {
        OutputStream.standardOutput.write(OperationTable.markdown)
        return 0
      }
      if parsed.has("version") {
        OutputStream.standardOutput.write("arctl-sandbox \(arctlVersion)\n")
        return 0
      }
      return serve(
        try options(parsed), setUp: setUp(parsed), stopsWithInput: parsed.has("stop-with-input"))
    } catch {
      printError("\(error)\n  arctl-sandbox --help shows its options")
      return UsageError.exitCode
    }
  }

  private static var helpWidth: Int {
    isatty(STDOUT_FILENO) == 1 ? Terminal.windowWidth : Terminal.defaultWidth
  }

  private static func options(
    _ parsed: ParsedArguments
  ) throws(UsageError) -> SandboxServer.Options {
    guard let directory = parsed.value("data") else {
      throw UsageError("missing option: --data DIR")
    }
    let port = parsed.value("port").map { UInt16($0) }
    if case .some(.none) = port { throw UsageError("--port must be a number from 0 to 65535") }
    guard let latency = Int(parsed.value("latency") ?? "0"), (0...60_000).contains(latency) else {
      throw UsageError("--latency must be a number of milliseconds from 0 to 60000")
    }
    var options = SandboxServer.Options(
      dataDirectory: directory, port: port ?? nil, projects: parsed.values("project"),
      latency: .milliseconds(latency), services: try services(parsed.values("service")))
    options.answersForGoogle = parsed.has("tls")
    options.pypiFolder = try pypiFolder(parsed.value("upstream"))
    options.listenAddress = try listenAddress(parsed.value("listen"))
    return options
  }

  private static func pypiFolder(_ text: String?) throws(UsageError) -> String? {
    guard let text else { return nil }
    guard text.hasPrefix("pypi="), text.utf8.count > "pypi=".utf8.count else {
      throw UsageError(
        "--upstream must be pypi=DIR, with a folder of wheels and source distributions")
    }
    return String(text.dropFirst("pypi=".count))
  }

  private static func listenAddress(_ text: String?) throws(UsageError) -> String? {
    guard let text else { return nil }
    guard ListenAddress(text) != nil else {
      throw UsageError(
        "--listen must be an IPv4 address of this machine, or 0.0.0.0 for all of them")
    }
    return text
  }

  /// Full names of services; `foo` is short for `foo.googleapis.com`.
  private static func services(_ names: [String]) throws(UsageError) -> Set<String> {
    var found: Set<String> = []
    for name in names {
      guard name.wholeMatch(of: /[a-z0-9-]+(\.[a-z0-9-]+)*/) != nil else {
        throw UsageError("--service must be a name such as example.googleapis.com, not \"\(name)\"")
      }
      found.insert(name.contains(".") ? name : "\(name).googleapis.com")
    }
    return found
  }

  private static func setUp(_ parsed: ParsedArguments) -> SetUp? {
    let paths = parsed.values("apply")
    guard !paths.isEmpty, let directory = parsed.value("data") else { return nil }
    return SetUp(paths: paths, dataDirectory: directory)
  }

  private static func serve(
    _ options: SandboxServer.Options, setUp: SetUp?, stopsWithInput: Bool
  ) -> Int32 {
    signal(SIGPIPE, SIG_IGN)
    Limits.raiseDescriptors()
    if let shortage = Shortage.of(
      memory: 128 << 20, threads: SandboxServer.threads(options) + (stopsWithInput ? 1 : 0),
      descriptors: 64 + (options.answersForGoogle ? GoogleFront.descriptors : 0))
    {
      printError("\(shortage.message)\n  \(shortage.help)")
      return 1
    }
    // Blocked before the first thread starts, so that every thread inherits the mask and only sigwait receives the
    // signals.
    var stopping = sigset_t()
    sigemptyset(&stopping)
    sigaddset(&stopping, SIGTERM)
    sigaddset(&stopping, SIGINT)
    pthread_sigmask(SIG_BLOCK, &stopping, nil)
    let server: SandboxServer
    do throws(SandboxError) {
      // Setting up starts another sandbox on the folder for a moment; the requested port must be the folder's before
      // that.
      if let setUp {
        try SandboxServer.recordPort(options)
        try setUp.prepare()
      }
      server = try SandboxServer(options) { printError($0) }
    } catch {
      printError("\(error)")
      return 1
    }
    do throws(SandboxError) {
      try setUp?.apply(to: server.baseURL)
    } catch {
      printError("\(error)")
      server.stop()
      return 1
    }
    for note in server.notes { printError(note) }
    OutputStream.standardOutput.write("\(server.baseURL)\n")
    // A program that started the sandbox reads only the first line of standard output.
    if isatty(STDOUT_FILENO) == 1 {
      OutputStream.standardError.write(
        StartMessage(
          baseURL: server.baseURL, ownerFile: server.ownerFile,
          shellSettings: server.shellSettings
        ).text)
    }
    if stopsWithInput { stopWithInput() }
    var received: Int32 = 0
    sigwait(&stopping, &received)
    server.stop()
    return 0
  }

  /// Ends this process as SIGTERM does once standard input ends: the process that started it has ended then, even if it
  /// was killed.
  private static func stopWithInput() {
    // Without this thread the sandbox would outlive its parent, so it ends at once instead.
    let isStarted: Void? = try? Threads.start {
      var byte: UInt8 = 0
      var count = 1
      while count > 0 || (count < 0 && errno == EINTR) { count = read(STDIN_FILENO, &byte, 1) }
      kill(getpid(), SIGTERM)
    }
    if isStarted == nil { kill(getpid(), SIGTERM) }
  }

  private static func printError(_ message: String) {
    OutputStream.standardError.write("arctl-sandbox: \(message)\n")
  }

  static let spec = CommandSpec(
    "", summary: "a local server that behaves like Google's Artifact Registry and IAM",
    discussion: """
      Serves Artifact Registry, IAM, Resource Manager, Service Usage and the token endpoint on \
      loopback, with the state in a folder. The first line on standard output is its base URL; \
      DIR/owner.json is a service-account key file for an account that owns every project.
      """,
    options: [
      Option(
        "data", .value("DIR"), help: "the folder of the state; created if it is missing",
        environment: .none),
      Option(
        "port", .value("N"),
        help:
          "the port on 127.0.0.1; 0 takes a free one; by default the first port of DIR, if it is free",
        environment: .none),
      Option(
        "project", .repeated("ID"), help: "create this project if it is missing",
        environment: .none),
      Option(
        "service", .repeated("NAME"),
        help: "also let projects enable this service, which the sandbox does not know",
        environment: .none),
      Option(
        "apply", .repeated("PATH"),
        help: "set it up from these manifests first, with `arctl apply`; key files go to DIR/keys",
        environment: .none),
      Option(
        "tls", .flag,
        help:
          "also answer under Google's own host names, by a proxy; the settings for a shell are in DIR/tls/env.sh",
        environment: .none),
      Option(
        "upstream", .value("pypi=DIR"),
        help:
          "let this folder of wheels stand for PyPI: remote repositories take packages from it, with --tls pip too",
        environment: .none),
      Option(
        "listen", .value("ADDRESS"),
        help:
          "also listen on this IPv4 address, for containers; /_sandbox/ then takes the owner's token from there",
        environment: .none),
      Option(
        "latency", .value("MS"), help: "delay every answer by this many milliseconds",
        environment: .none),
      Option(
        "operations", .flag, help: "print the table of served operations and exit",
        environment: .none),
      Option("version", .flag, help: "print the version and exit", environment: .none),
      Option(
        "stop-with-input", .flag,
        help: "stop when standard input ends, for a program that starts it and may be killed",
        environment: .none),
    ],
    exitCodes: [
      .init("0", "stopped by SIGTERM or SIGINT, or printed the requested text"),
      .init("1", "could not start"),
      .init("64", "wrong arguments"),
    ],
    examples: [
      .init(
        "arctl-sandbox --data /tmp/sandbox --project my-project-id", "a sandbox with a project"),
      .init(
        "arctl-sandbox --data /tmp/sandbox --apply manifests", "a sandbox that is already set up"),
      .init(
        "arctl-sandbox --data /tmp/sandbox --tls --upstream pypi=wheels",
        "a sandbox for unchanged URLs, with the packages in a folder in place of PyPI's"),
    ])
}
