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
    /// The process is killed once the call was carried out.
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

  /// The steps so far that change something: `create /k/a.json`. Reading is no step.
  public var steps: [String] { state.withLock(\.steps) }

  /// Every file and link with its content, by path.
  public var contents: [String: [UInt8]] {
    state.withLock { $0.nodes.filter { $0.value.kind == .file }.mapValues(\.content) }
  }

  /// Arranges one fault; steps count from 1, from the last restart or the start.
  public func inject(_ fault: Fault, atStep step: Int) {
    state.withLock { $0.fault = (step, fault) }
  }

  /// Kills the process: every call throws from now on, until `restart`.
  public func crash() { state.withLock { $0.isCrashed = true } }

  /// Whether it crashed, and was not started again.
  public var isCrashed: Bool { state.withLock(\.isCrashed) }

  /// Gives the locks back, as the end of a process does, whoever still refers to them.
  public func releaseLocks() { state.withLock { $0.locks = [:] } }

  /// Starts anew after a crash or a run: locks are gone, steps count from 1, no fault is arranged.
  ///
  /// With `losingUnsynchronized` the power was cut: names whose folder was not synchronised since
  /// are as they were before.
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

  /// Puts a file there, with the folders above it, on disk; no step.
  public func put(
    _ path: String, _ content: [UInt8], permissions: UInt32 = 0o600, owner: UInt32? = nil
  ) {
    put(path, Node(kind: .file, content: content, permissions: permissions, owner: owner ?? userID))
  }

  /// Puts a folder there, with those above it, on disk; no step.
  public func putFolder(_ path: String, permissions: UInt32 = 0o700, owner: UInt32? = nil) {
    put(path, Node(kind: .folder, permissions: permissions, owner: owner ?? userID))
  }

  /// Puts a symbolic link there, with the folders above it, on disk; no step.
  public func putLink(_ path: String, to target: String) {
    put(path, Node(kind: .symbolicLink, permissions: 0o777, owner: userID, target: target))
  }

  /// Sets what `freeSpace(at:)` answers; writing does not use it up.
  public func setFreeSpace(_ bytes: Int64) { state.withLock { $0.freeSpace = bytes } }

  /// Sets the time (Unix seconds) that what is written from now on bears; 0 at the start.
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
