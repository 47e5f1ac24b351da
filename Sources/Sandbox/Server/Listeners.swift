import Platform
import SandboxWire

/// The servers of a sandbox, each on an address of its own, which all give the same answers.
struct Listeners {
  /// On loopback, or on every address.
  let main: MicroHTTPServer
  /// On another address of this machine.
  let further: MicroHTTPServer?
  let front: GoogleFront?
  /// Of `main`, on loopback.
  let baseURL: String
  /// Lines for the user.
  let notes: [String]

  /// Listens everywhere, or nowhere.
  ///
  /// - Parameters:
  ///   - outside: the address for other machines.
  ///   - makeServer: creates a server, with TLS if it gets a key and a certificate.
  init(
    _ options: SandboxServer.Options, outside: ListenAddress?, directory: DataDirectory,
    makeServer: (ServerIdentity?) -> MicroHTTPServer
  ) throws(SandboxError) {
    main = makeServer(nil)
    let isEvery = outside?.isEvery ?? false
    let port = try Self.listen(
      main, isEvery ? outside ?? .loopback : .loopback, port: options.port, directory: directory)
    baseURL = "http://127.0.0.1:\(port)"
    var further: MicroHTTPServer?
    var notes: [String] = []
    do throws(SandboxError) {
      if let outside {
        if !isEvery {
          let server = makeServer(nil)
          guard server.start(outside, port: port) != nil else {
            throw SandboxError(
              "cannot listen on \(outside) port \(port): \(Self.shortage ?? "is it an address of this machine?")"
            )
          }
          further = server
        }
        notes.append(
          "warning: listening on \(outside) port \(port), without TLS: everyone who reaches it can try credentials, and "
            + "can read those that are sent")
      }
      front =
        options.answersForGoogle
        ? try GoogleFront(
          in: directory, withPyPI: options.pypiFolder != nil, baseURL: baseURL, plainPort: port,
          makeServer: makeServer) : nil
    } catch {
      further?.stop()
      main.stop()
      throw error
    }
    if let note = front?.note { notes.append(note) }
    self.notes = notes
    self.further = further
  }

  /// Stops all of them.
  func stop() {
    front?.stop()
    further?.stop()
    main.stop()
  }

  static func write(_ port: UInt16, _ directory: DataDirectory) throws(SandboxError) {
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
    _ server: MicroHTTPServer, _ address: ListenAddress, port wanted: UInt16?,
    directory: DataDirectory
  ) throws(SandboxError) -> UInt16 {
    let first = try directory.read("port").flatMap { bytes in
      UInt16(String(decoding: bytes, as: UTF8.self).trimmingSpaces())
    }
    if wanted == nil, let first, first > 0, let port = server.start(address, port: first) {
      return port
    }
    guard let port = server.start(address, port: wanted ?? 0) else {
      throw SandboxError(
        "cannot listen on \(address) port \(wanted ?? 0): \(shortage ?? "is it in use?")")
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
}
