import Synchronization

/// The limit on the memory of all answers of one transport: those in progress, and complete ones still in use.
///
/// Each answer also has a first part of its own, so that answers of the usual size do not depend on what other servers
/// send.
public final class AnswerMemory: Sendable {
  /// What every answer can use, whatever the others do.
  static let ownPart = 1 << 20
  /// The limit on everything beyond those parts, in bytes.
  public let limit: Int
  private let taken = Atomic<Int>(0)

  /// A budget of `limit` bytes, besides the first MiB of each answer.
  public init(limit: Int) { self.limit = limit }

  /// The memory of one answer, given back with this value.
  // Only the transfer's thread changes it, before the answer is handed over.
  final class Share: Sendable, Hashable {
    private let memory: AnswerMemory
    private let size = Atomic<Int>(0)

    init(_ memory: AnswerMemory) { self.memory = memory }

    deinit { memory.taken.subtract(beyond(size.load(ordering: .relaxed)), ordering: .relaxed) }

    /// Grows to this size. Returns false, and changes nothing, if the other answers leave too little.
    func grow(to bytes: Int) -> Bool {
      let more = beyond(bytes) - beyond(size.load(ordering: .relaxed))
      if more > 0 {
        let sum = memory.taken.add(more, ordering: .relaxed).newValue
        guard sum <= memory.limit else {
          memory.taken.subtract(more, ordering: .relaxed)
          return false
        }
      }
      size.store(bytes, ordering: .relaxed)
      return true
    }

    private func beyond(_ bytes: Int) -> Int { max(0, bytes - AnswerMemory.ownPart) }

    /// Equality of answers ignores which budget their memory comes from.
    static func == (_: Share, _: Share) -> Bool { true }
    func hash(into _: inout Hasher) {}
  }
}
