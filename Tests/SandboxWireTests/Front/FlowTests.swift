import Foundation
import Testing

@testable import SandboxWire

/// One direction of a tunnel.
@Suite struct FlowTests {
  /// Two sockets that are connected with each other and do not block.
  private static func pair() throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(
      socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
    return (ends[0], ends[1])
  }

  /// A flow that knows that its source has ended waits for no socket, so it must have passed that on. One byte at a time,
  /// the end is found in any of its rounds.
  @Test(arguments: 0...20) func theEndIsPassedOnInWhicheverRoundItComes(_ count: Int) throws {
    let (source, sender) = try Self.pair()
    let (sink, receiver) = try Self.pair()
    defer { for socket in [source, sink, receiver] { close(socket) } }
    let sent = [UInt8](repeating: 7, count: count)
    #expect(send(sender, sent, count, 0) == count)
    close(sender)

    var flow = Flow()
    var buffer: [UInt8] = [0]
    var moved = 0
    while flow.wantsToRead || flow.wantsToWrite {
      #expect(flow.pump(from: source, to: sink, buffer: &buffer, moved: &moved) == nil)
    }
    #expect(flow.isFinished)
    #expect(moved == 2 * count)
    var received = [UInt8](repeating: 0, count: 64)
    #expect(recv(receiver, &received, received.count, 0) == count)
    #expect(recv(receiver, &received, received.count, 0) == 0)
  }
}
