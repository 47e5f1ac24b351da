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
    /// Whether it also answers under Google's own host names, with TLS, behind a proxy on loopback.
    public var answersForGoogle = false
    /// A folder of wheels and source distributions that stands for PyPI; nil for none.
    public var pypiFolder: String?
    /// An IPv4 address at which other machines reach it; nil for loopback only.
    public var listenAddress: String?

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
  /// What a shell is set to so that its tools reach the sandbox under Google's host names; nil without the front.
  public var shellSettings: String? { front?.settings.text }
  /// Lines for the user about how it started.
  public let notes: [String]

  private let directory: DataDirectory
  private let server: MicroHTTPServer
  /// At the address for other machines, unless that is every address.
  private let further: MicroHTTPServer?
  private let front: GoogleFront?
  private let workers: Workers
  private static let workerCount = 2
  private static let helperCount = 6
  /// The thread that carries out changes.
  private let writer: Workers
  /// The threads that answer what may take long or wait for the disk.
  private let helpers: Workers

  /// How many threads it starts.
  static func threads(_ options: Options) -> Int {
    let servers =
      1 + (options.listenAddress == nil ? 0 : 1) + (options.answersForGoogle ? 1 : 0)
    // The writer, and one thread of the front.
    return servers * MicroHTTPServer.threads + workerCount + helperCount + 1
      + (options.answersForGoogle ? 1 : 0)
  }

  /// Opens the folder, writes `owner.json` and listens on loopback.
  ///
  /// - Parameter log: called from any thread, with a line for the user.
  /// - Throws: if the folder, the store or the port is not available, or a project id is malformed.
  public init(
    _ options: Options, log: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(SandboxError) {
    let outside = try Self.outside(options)
    let pypi = try Self.pypi(options, log)
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
    let (owner, signer, issuer) = try bootstrap.prepare(&state, projects: options.projects)
    let holder = SandboxHolder()
    let blobs: BlobStore
    do throws(BlobError) {
      blobs = try BlobStore(
        "\(options.dataDirectory)/packages",
        keeping: Set(state[PackageFileRecord.self].rows.values.map(\.blob)))
    } catch {
      throw SandboxError("\(error)")
    }
    let workers: Workers
    let writer: Workers
    let helpers: Workers
    do throws(FileError) {
      workers = try Workers(threads: Self.workerCount)
      writer = try Workers(threads: 1)
      helpers = try Workers(threads: Self.helperCount)
    } catch {
      throw SandboxError("\(Shortage.ofThreads(error).message)")
    }
    self.workers = workers
    self.writer = writer
    self.helpers = helpers
    func makeServer(_ identity: ServerIdentity?) -> MicroHTTPServer {
      MicroHTTPServer(
        latency: options.latency, workers: workers, identity: identity,
        planner: { holder.plan($0) }
      ) { holder.answer($0, later: $1) }
    }
    let listeners = try Listeners(
      options, outside: outside, directory: directory, makeServer: makeServer)
    (server, further, front) = (listeners.main, listeners.further, listeners.front)
    baseURL = listeners.baseURL
    notes = listeners.notes
    do throws(SandboxError) {
      try bootstrap.writeOwnerFile(owner, state, baseURL: baseURL)
    } catch {
      listeners.stop()
      throw error
    }
    let latency = options.latency.components
    holder.fill(
      Sandbox(
        state: state, database: database,
        settings: .init(
          baseURL: baseURL,
          latency: latency.seconds * 1_000_000 + latency.attoseconds / 1_000_000_000_000,
          services: options.services, hosts: Self.hosts(options, outside), signer: signer,
          issuer: issuer),
        blobs: blobs, pypi: pypi, writer: writer, helpers: helpers, log: log))
  }

  /// The host names that requests may have.
  private static func hosts(_ options: Options, _ outside: ListenAddress?) -> HostCheck {
    var hosts = HostCheck()
    if options.pypiFolder != nil { hosts.names.formUnion(PublicIndex.hosts) }
    if outside != nil {
      hosts.allowsAddresses = true
      // What Docker and Podman call this machine in a container.
      hosts.names.formUnion(["host.docker.internal", "host.containers.internal"])
    }
    return hosts
  }

  private static func outside(_ options: Options) throws(SandboxError) -> ListenAddress? {
    guard let text = options.listenAddress else { return nil }
    guard let address = ListenAddress(text) else {
      throw SandboxError("--listen: not an IPv4 address: \(text)")
    }
    return address == .loopback ? nil : address
  }

  private static func pypi(
    _ options: Options, _ log: (String) -> Void
  ) throws(SandboxError) -> UpstreamFolder? {
    guard let path = options.pypiFolder else { return nil }
    do throws(BlobError) {
      let folder = try UpstreamFolder(path)
      let strangers = folder.strangers()
      if let first = strangers.first {
        let more = strangers.count > 1 ? " and \(strangers.count - 1) more" : ""
        log(
          "not served, because the name is not that of a wheel or source distribution: \(first)\(more)"
        )
      }
      return folder
    } catch {
      throw SandboxError("--upstream: \(error)")
    }
  }

  /// Records the requested port as the folder's first one, unless it has one. Called before another server uses the
  /// folder for a moment, which would record its own.
  static func recordPort(_ options: Options) throws(SandboxError) {
    guard let port = options.port, port > 0 else { return }
    let directory = try DataDirectory(options.dataDirectory)
    defer { directory.release() }
    if try directory.read("port") == nil { try Listeners.write(port, directory) }
  }

  /// Accepts no more requests, finishes the answers in flight and releases the folder.
  public func stop() {
    front?.stop()
    further?.stop()
    server.stop()
    workers.end()
    writer.end()
    helpers.end()
    directory.release()
  }
}

/// Holds the sandbox once the port, and so its base URL, is known: the server must listen before the sandbox can be
/// created.
private final class SandboxHolder: Sendable {
  private let sandbox = AtomicLazyReference<Sandbox>()

  func fill(_ value: Sandbox) { _ = sandbox.storeIfNil(value) }

  func plan(_ head: WireRequest) -> BodyPlan {
    sandbox.load()?.plan(head) ?? .collect
  }

  func answer(_ request: WireRequest, later: @escaping Sandbox.Later) -> WireResponse? {
    guard let sandbox = sandbox.load() else {
      return Answers.failure(
        APIError(.unavailable, "The service is currently unavailable."), .sandbox)
    }
    return sandbox.answer(request, later: later)
  }
}
