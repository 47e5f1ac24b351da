import Glibc

/// The calls that make sockets on 127.0.0.1. None takes an address: the front neither listens nor connects anywhere else.
enum LoopbackSocket {
  /// A listening socket and its port; port 0 takes a free one. Nil if the port is not available. (bind, listen)
  static func listening(on port: UInt16) -> (socket: Int32, port: UInt16)? {
    let socket = make()
    guard socket >= 0 else { return nil }
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var address = address(port)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && listen(socket, 128) == 0
          && getsockname(socket, $0, &length) == 0
      }
    }
    guard isListening else {
      close(socket)
      return nil
    }
    return (socket, UInt16(bigEndian: address.sin_port))
  }

  /// A socket that is connected to a port, or will be; -1 if there is none. (connect)
  static func connecting(to port: UInt16) -> Int32 {
    let socket = make()
    guard socket >= 0 else { return -1 }
    var address = address(port)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 || errno == EINPROGRESS else {
      close(socket)
      return -1
    }
    sendsAtOnce(socket)
    return socket
  }

  /// The next connection of a listening socket; -1 with `errno` if there is none. (accept)
  static func accepted(from listener: Int32) -> Int32 {
    let socket = accept(listener, nil, nil)
    guard socket >= 0 else { return socket }
    _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    sendsAtOnce(socket)
    return socket
  }

  /// Lets the peer of a socket see a reset, not an end, once the socket is closed. (SO_LINGER)
  static func abort(_ socket: Int32) {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  private static func make() -> Int32 {
    let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
    return socket(AF_INET, Int32(type), 0)
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  /// Small messages of TLS must not wait for each other. (TCP_NODELAY)
  private static func sendsAtOnce(_ socket: Int32) {
    var yes: Int32 = 1
    setsockopt(
      socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }
}
