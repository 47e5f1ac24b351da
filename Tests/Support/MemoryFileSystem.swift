import Glibc
public import Platform
import Synchronization

/// Files in memory, for tests: it counts its steps and fails or crashes at one of them.
///
///     let files = MemoryFileSystem()
///     files.inject(.crashAfter, atStep: 3)
///     // ... run; every call from there on throws ...
///     files.restart(losingUnsynchronized: true)
///     // ... run again, and look at what is there
public final class MemoryFileSystem: FileSystem {
  /// What happens at a step.
  public enum Fault: Sendable, Hashable {
    /// The call throws this `errno` and does nothing.
    case fails(Int32)
    /// The process is killed before the call does anything.
    case crashBefore
    /// The process is killed after the call is carried out.
    case crashAfter
  }

  struct Node: Sendable, Hashable {
    var kind: FileStatus.Kind
    var content: [UInt8] = []
    var permissions: UInt32
    var owner: UInt32
    /// Where a symbolic link points to.
    var target = ""
    var modified: Int64 = 0
  }

  struct State: Sendable {
    var nodes: [String: Node] = [:]
    /// The nodes whose names are on disk.
    var durable: [String: Node] = [:]
    var steps: [String] = []
    var fault: (step: Int, fault: Fault)?
    var isCrashed = false
    var freeSpace = Int64(1) << 40
    /// The number of each lock that is held, by path.
    var locks: [String: Int] = [:]
    var lockCount = 0
    /// Unix seconds, for what is written from now on.
    var time: Int64 = 0
  }

  public let userID: UInt32
  let state: Mutex<State>

  /// No files but the folder `/`.
  public init(userID: UInt32 = 1000) {
    self.userID = userID
    var state = State()
    state.nodes["/"] = Node(kind: .folder, permissions: 0o755, owner: 0)
    state.durable = state.nodes
    self.state = Mutex(state)
  }

  /// The steps so far that change something: `create /k/a.json`. A read is not a step.
  public var steps: [String] { state.withLock(\.steps) }

  /// Every file and link with its content, by path.
  public var contents: [String: [UInt8]] {
    state.withLock { $0.nodes.filter { $0.value.kind == .file }.mapValues(\.content) }
  }

  /// Sets one fault; steps count from 1, since the start or the last restart.
  public func inject(_ fault: Fault, atStep step: Int) {
    state.withLock { $0.fault = (step, fault) }
  }

  /// Kills the process: every call throws from now on, until `restart`.
  public func crash() { state.withLock { $0.isCrashed = true } }

  /// Whether it crashed and was not restarted.
  public var isCrashed: Bool { state.withLock(\.isCrashed) }

  /// Releases all locks, as the end of a process does.
  public func releaseLocks() { state.withLock { $0.locks = [:] } }

  /// Restarts after a crash or a run: releases the locks, counts steps from 1, and clears the fault.
  ///
  /// With `losingUnsynchronized` this simulates a power failure: names in folders that were not synchronised return to
  /// their old state.
  public func restart(losingUnsynchronized: Bool = false) {
    state.withLock { state in
      state.isCrashed = false
      state.fault = nil
      state.steps = []
      state.locks = [:]
      if losingUnsynchronized { state.nodes = state.durable }
      state.durable = state.nodes
    }
  }

  /// Creates a file and its parent folders on disk, without a step.
  public func put(
    _ path: String, _ content: [UInt8], permissions: UInt32 = 0o600, owner: UInt32? = nil
  ) {
    put(path, Node(kind: .file, content: content, permissions: permissions, owner: owner ?? userID))
  }

  /// Creates a folder and its parents on disk, without a step.
  public func putFolder(_ path: String, permissions: UInt32 = 0o700, owner: UInt32? = nil) {
    put(path, Node(kind: .folder, permissions: permissions, owner: owner ?? userID))
  }

  /// Creates a symbolic link and its parent folders on disk, without a step.
  public func putLink(_ path: String, to target: String) {
    put(path, Node(kind: .symbolicLink, permissions: 0o777, owner: userID, target: target))
  }

  /// Sets the result of `freeSpace(at:)`; writes do not reduce it.
  public func setFreeSpace(_ bytes: Int64) { state.withLock { $0.freeSpace = bytes } }

  /// Sets the time (Unix seconds) of later writes; 0 at the start.
  public func setTime(_ seconds: Int64) { state.withLock { $0.time = seconds } }

  private func put(_ path: String, _ node: Node) {
    let parent = Self.split(path).folder
    // `.` and `/` are their own parents.
    let missing = parent != path && state.withLock { $0.nodes[parent] == nil }
    if missing { putFolder(parent) }
    state.withLock { state in
      var node = node
      node.modified = state.time
      state.nodes[path] = node
      state.durable[path] = node
    }
  }
}
