import Platform
import SandboxPackages
import SandboxStore
import SandboxWire
import Synchronization

/// A running sandbox: its folder, its store and its sockets.
///
///     let server = try SandboxServer(.init(dataDirectory: "/tmp/sandbox", projects: ["my-project"]))
///     print(server.baseURL)   // http://127.0.0.1:40123
///     server.stop()
public final class SandboxServer: Sendable {
  /// How to start.
  public struct Options: Sendable {
    /// The folder of the state; created if it is missing.
    public var dataDirectory: String
    /// Nil takes the folder's first port if it is free, since key files name it; 0 takes any free port.
    public var port: UInt16?
    /// Projects to create if they are missing.
    public var projects: [String]
    /// The delay of every answer.
    public var latency: Duration
    /// The services that projects can enable besides the known ones, by full name.
    public var services: Set<String>

    /// How to start in a folder, with defaults for the rest.
    public init(
      dataDirectory: String, port: UInt16? = nil, projects: [String] = [],
      latency: Duration = .zero, services: Set<String> = []
    ) {
      self.dataDirectory = dataDirectory
      self.port = port
      self.projects = projects
      self.latency = latency
      self.services = services
    }
  }

  /// Such as `http://127.0.0.1:8080`, without a slash at the end.
  public let baseURL: String
  /// The absolute path of the key file of the account that owns every project.
  public let ownerFile: String

  private let directory: DataDirectory
  private let server: MicroHTTPServer
  private let workers: Workers

  /// Opens the folder, writes `owner.json` and listens on loopback.
  ///
  /// - Parameter log: called from any thread, with a line for the user.
  /// - Throws: if the folder, the store or the port is not available, or a project id is malformed.
  public init(
    _ options: Options, log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(SandboxError) {
    directory = try DataDirectory(options.dataDirectory)
    ownerFile = "\(directory.absolutePath)/owner.json"
    let database: SQLiteDatabase
    var state: State
    // SQLite gives its other files the permissions of this one. The store has the secret that signs access tokens.
    let file = try directory.ensure("sandbox.db")
    do throws(StoreError) {
      database = try SQLiteDatabase(path: file)
      state = try State(records: ServedAPIs.records, loadingFrom: database)
    } catch {
      throw SandboxError(error.message)
    }
    let bootstrap = Bootstrap(directory: directory, database: database)
    let (owner, signer) = try bootstrap.prepare(&state, projects: options.projects)
    let holder = SandboxHolder()
    let blobs: BlobStore
    do throws(BlobError) {
      blobs = try BlobStore(
        "\(options.dataDirectory)/packages",
        keeping: Set(state[PackageFileRecord.self].rows.values.map(\.blob)))
    } catch {
      throw SandboxError("\(error)")
    }
    do throws(FileError) {
      workers = try Workers(threads: 2)
    } catch {
      throw SandboxError("\(Shortage.ofThreads(error).message)")
    }
    server = MicroHTTPServer(
      latency: options.latency, workers: workers, planner: { holder.plan($0) }
    ) {
      holder.answer($0)
    }
    baseURL =
      "http://127.0.0.1:\(try Self.listen(server, port: options.port, directory: directory))"
    do throws(SandboxError) {
      try bootstrap.writeOwnerFile(owner, state, baseURL: baseURL)
    } catch {
      server.stop()
      throw error
    }
    let latency = options.latency.components
    holder.fill(
      Sandbox(
        state: state, database: database,
        settings: .init(
          baseURL: baseURL,
          latency: latency.seconds * 1_000_000 + latency.attoseconds / 1_000_000_000_000,
          services: options.services, signer: signer),
        blobs: blobs, log: log))
  }

  /// Records the requested port as the folder's first one, unless it has one. Called before another server uses the
  /// folder for a moment, which would record its own.
  static func recordPort(_ options: Options) throws(SandboxError) {
    guard let port = options.port, port > 0 else { return }
    let directory = try DataDirectory(options.dataDirectory)
    defer { directory.release() }
    if try directory.read("port") == nil { try write(port, directory) }
  }

  private static func write(_ port: UInt16, _ directory: DataDirectory) throws(SandboxError) {
    try directory.write("port", Array("\(port)\n".utf8))
  }

  /// The reason that libmicrohttpd does not report: a lack of threads or descriptors.
  private static var shortage: String? {
    do throws(FileError) {
      try Threads.reserve(MicroHTTPServer.threads)
    } catch {
      return error.reason
    }
    return Limits.freeDescriptors < 4 * MicroHTTPServer.threads ? Limits.descriptorLimit : nil
  }

  /// Listens, and records the folder's first port: key files that are created later name it in their `token_uri`, so
  /// the next start must use it again.
  private static func listen(
    _ server: MicroHTTPServer, port wanted: UInt16?, directory: DataDirectory
  ) throws(SandboxError) -> UInt16 {
    let first = try directory.read("port").flatMap { bytes in
      UInt16(String(decoding: bytes, as: UTF8.self).trimmingSpaces())
    }
    if wanted == nil, let first, first > 0, let port = server.start(port: first) { return port }
    guard let port = server.start(port: wanted ?? 0) else {
      throw SandboxError(
        "cannot listen on 127.0.0.1 port \(wanted ?? 0): \(shortage ?? "is it in use?")")
    }
    guard first == nil else { return port }
    do throws(SandboxError) {
      try write(port, directory)
    } catch {
      server.stop()
      throw error
    }
    return port
  }

  /// Accepts no more requests, finishes the answers in flight and releases the folder.
  public func stop() {
    server.stop()
    workers.end()
    directory.release()
  }
}

/// Holds the sandbox once the port, and so its base URL, is known: the server must listen before the sandbox can be
/// created.
private final class SandboxHolder: Sendable {
  private let sandbox = Mutex<Sandbox?>(nil)

  func fill(_ value: Sandbox) { sandbox.withLock { $0 = value } }

  func plan(_ head: WireRequest) -> BodyPlan {
    sandbox.withLock({ $0 })?.plan(head) ?? .collect
  }

  func answer(_ request: WireRequest) -> WireResponse {
    guard let sandbox = sandbox.withLock({ $0 }) else {
      return Answers.failure(
        APIError(.unavailable, "The service is currently unavailable."), .sandbox)
    }
    return sandbox.answer(request)
  }
}
