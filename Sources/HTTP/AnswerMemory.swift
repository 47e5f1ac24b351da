import Synchronization

/// How many bytes the answers of one transport may take together: those under way, and the complete ones that are still
/// in use.
///
/// Each has a first part of its own, so that answers of the usual size never depend on what other servers send.
public final class AnswerMemory: Sendable {
  /// What every answer may take, whatever the others do.
  static let ownPart = 1 << 20
  /// The most bytes beyond those parts.
  public let limit: Int
  private let taken = Atomic<Int>(0)

  /// A budget of `limit` bytes, beside the first MiB that each answer has of its own.
  public init(limit: Int) { self.limit = limit }

  /// The bytes of one answer; given back with this value.
  // Changed by the thread of the transfer alone, before the answer is handed over.
  final class Share: Sendable, Hashable {
    private let memory: AnswerMemory
    private let size = Atomic<Int>(0)

    init(_ memory: AnswerMemory) { self.memory = memory }

    deinit { memory.taken.subtract(beyond(size.load(ordering: .relaxed)), ordering: .relaxed) }

    /// Makes it this large; false, and nothing changes, where the others leave too little.
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
