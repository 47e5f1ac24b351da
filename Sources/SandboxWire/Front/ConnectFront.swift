import Glibc
package import Platform
import Synchronization

/// A proxy on loopback by which clients reach the sandbox under Google's host names: it takes CONNECT and requests in
/// absolute form for served names, and refuses all others.
///
/// It is not a way to anywhere else: whatever a client asks for, its bytes go to the sandbox's own servers, which it
/// connects to by port. TLS is between the client and such a server. Owns its listener and one thread, until `stop`.
package final class ConnectFront: Sendable {
  /// Bounds. Times are in milliseconds.
  package struct Limits: Sendable, Hashable {
    /// Connections at one time; a further one is closed.
    package var connections = 256
    /// For the head of a connection.
    package var head: Int64 = 30_000
    /// How long nothing may move in a tunnel. Longer than the servers wait, which know more.
    package var silence: Int64 = 900_000
    /// How long a client may take to close its side after an answer that was the last.
    package var lingering: Int64 = 5_000

    /// The usual bounds.
    package init() {}
  }

  /// Its port on 127.0.0.1.
  package let port: UInt16
  private let listener: Int32
  private let names: ServedNames
  private let ports: Tunnel.Ports
  private let limits: Limits
  /// A pipe that ends the thread's wait.
  private let wake: (reader: Int32, writer: Int32)
  private let isStopping = Atomic<Bool>(false)
  private let hasEnded = Atomic<Bool>(false)

  /// Listens; port 0 takes a free one. Returns nil if the port is not available.
  ///
  /// - Parameters:
  ///   - tls: the port of the sandbox's server with TLS.
  ///   - plain: the port of the one without.
  /// - Throws: if the system gives no thread or no descriptor.
  package init?(
    port: UInt16, names: ServedNames, tls: UInt16, plain: UInt16, limits: Limits = Limits()
  ) throws(FileError) {
    guard let listening = LoopbackSocket.listening(on: port) else { return nil }
    (listener, self.port) = (listening.socket, listening.port)
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      let code = errno
      close(listener)
      throw FileError(path: "a pipe", code: code, call: "pipe")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    wake = (ends[0], ends[1])
    self.names = names
    ports = Tunnel.Ports(tls: tls, plain: plain)
    self.limits = limits
    do throws(FileError) {
      try Threads.start { self.run() }
    } catch {
      for descriptor in [listener, wake.reader, wake.writer] { close(descriptor) }
      throw error
    }
  }

  /// Accepts no more connections, passes on what the servers have sent, and ends. The servers end before.
  package func stop() {
    guard !isStopping.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var byte: UInt8 = 0
    _ = write(wake.writer, &byte, 1)
    while !hasEnded.load(ordering: .acquiring) { usleep(2_000) }
    close(wake.writer)
    close(wake.reader)
  }

  // MARK: The thread

  private func run() {
    var tunnels: [Tunnel] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    var end: Int64?
    var canAccept = true
    while true {
      if end == nil, isStopping.load(ordering: .acquiring) {
        close(listener)
        end = Self.now() + limits.lingering
      }
      let accepts = canAccept && end == nil
      let ready = wait(for: tunnels, accepts: accepts, isEnding: end != nil, hasPause: !canAccept)
      let now = Self.now()
      canAccept = true
      if accepts, ready.listener { canAccept = accept(into: &tunnels, now) }
      tunnels.removeAll { tunnel in
        if ready.tunnels.contains(tunnel.client) || tunnel.server < 0,
          !tunnel.step(ports, names, buffer: &buffer, now: now)
        {
          return true
        }
        return tunnel.isExpired(now) || (end != nil && tunnel.isAnswered)
      }
      if let end, tunnels.isEmpty || now > end { break }
    }
    tunnels = []
    hasEnded.store(true, ordering: .releasing)
  }

  /// Waits until something can be done, and returns what: tunnels are named by their clients' sockets. (poll)
  private func wait(
    for tunnels: [Tunnel], accepts: Bool, isEnding: Bool, hasPause: Bool
  ) -> (listener: Bool, tunnels: Set<Int32>) {
    var polled = [
      pollfd(fd: isEnding ? -1 : wake.reader, events: Int16(POLLIN), revents: 0),
      pollfd(fd: accepts ? listener : -1, events: Int16(POLLIN), revents: 0),
    ]
    for tunnel in tunnels {
      let events = tunnel.events
      for (socket, wanted) in [(tunnel.client, events.client), (tunnel.server, events.server)] {
        // A socket without a wish would wake the thread again and again once its peer is gone.
        polled.append(pollfd(fd: wanted == 0 ? -1 : socket, events: wanted, revents: 0))
      }
    }
    // Without connections there is no time to watch.
    let isIdle = tunnels.isEmpty && !isEnding && !hasPause
    poll(&polled, nfds_t(polled.count), isIdle ? -1 : isEnding || hasPause ? 20 : 500)
    let active = tunnels.indices.filter {
      polled[2 + 2 * $0].revents != 0 || polled[3 + 2 * $0].revents != 0
    }
    return (polled[1].revents != 0, Set(active.map { tunnels[$0].client }))
  }

  /// Accepts what is waiting. False if no descriptor is left, so that the thread pauses instead of trying at once.
  private func accept(into tunnels: inout [Tunnel], _ now: Int64) -> Bool {
    while true {
      let client = LoopbackSocket.accepted(from: listener)
      guard client >= 0 else { return errno != EMFILE && errno != ENFILE }
      if tunnels.count < limits.connections {
        tunnels.append(Tunnel(client, limits, now: now))
      } else {
        close(client)
      }
    }
  }

  /// Milliseconds of the monotonic clock.
  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
