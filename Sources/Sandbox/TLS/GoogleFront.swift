import Platform
import SandboxPackages
import SandboxWire

/// Google's own host names on loopback (`--tls`): a server with TLS, and the front that leads clients to it.
///
/// Owns both, and their threads.
final class GoogleFront: Sendable {
  /// Its settings, for a shell.
  let settings: ShellSettings
  /// A line for the user, if there is something to say.
  let note: String?
  private let server: MicroHTTPServer
  private let front: ConnectFront

  /// The descriptors that the front may use: three for each connection, with that of the server behind it.
  static let descriptors = 3 * ConnectFront.Limits().connections

  /// Prepares the certificates and listens; the front on the port that it had in this folder, if that is free.
  ///
  /// - Parameters:
  ///   - baseURL: of the server without TLS, which is on `plainPort`.
  ///   - makeServer: creates a server that answers like that one.
  init(
    in directory: DataDirectory, withPyPI: Bool, baseURL: String, plainPort: UInt16,
    makeServer: (ServerIdentity) -> MicroHTTPServer
  ) throws(SandboxError) {
    let names = GoogleNames.served(withPyPI: withPyPI)
    let authority = LocalAuthority(
      directory: directory, domains: GoogleNames.domains(withPyPI: withPyPI),
      now: Timestamps.seconds(RealTime.microseconds()))
    let (identity, note) = try authority.identity(for: names)
    self.note = note
    let server = makeServer(identity)
    guard let tls = server.start(port: 0) else {
      throw SandboxError("cannot start the server for TLS: \(Self.shortage)")
    }
    do throws(SandboxError) {
      front = try Self.listen(in: directory, names, tls: tls, plain: plainPort)
      settings = ShellSettings(
        baseURL: baseURL, proxy: "http://127.0.0.1:\(front.port)", folder: directory.absolutePath)
    } catch {
      server.stop()
      throw error
    }
    self.server = server
    do throws(SandboxError) {
      try directory.write(ShellSettings.file, Array(settings.text.utf8))
    } catch {
      stop()
      throw error
    }
  }

  private static let shortage = "there are too few threads or descriptors"
  private static let portFile = "\(LocalAuthority.folder)/port"

  /// Shells keep their settings, so the port stays the same if it can.
  private static func listen(
    in directory: DataDirectory, _ names: ServedNames, tls: UInt16, plain: UInt16
  ) throws(SandboxError) -> ConnectFront {
    let first = try directory.read(portFile).flatMap { bytes in
      UInt16(String(decoding: bytes, as: UTF8.self).trimmingSpaces())
    }
    for port in [first ?? 0, 0] {
      let front: ConnectFront?
      do throws(FileError) {
        front = try ConnectFront(port: port, names: names, tls: tls, plain: plain)
      } catch {
        throw SandboxError("cannot start the front: \(error.reason)")
      }
      guard let front else { continue }
      do throws(SandboxError) {
        if first == nil { try directory.write(portFile, Array("\(front.port)\n".utf8)) }
      } catch {
        front.stop()
        throw error
      }
      return front
    }
    throw SandboxError("cannot listen on 127.0.0.1: \(shortage)")
  }

  /// Accepts no more connections, and finishes the answers in flight. Called once.
  func stop() {
    server.stop()
    front.stop()
  }
}
