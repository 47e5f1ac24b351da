import Glibc
public import Platform

extension MemoryFileSystem.State {
  /// Follows links in the last part of a path, at most eight.
  func resolve(_ path: String) -> String {
    var path = path
    for _ in 0..<8 {
      guard let node = nodes[path], node.kind == .symbolicLink else { break }
      let folder = MemoryFileSystem.split(path).folder
      let base = folder == "/" ? "/" : folder + "/"
      path = node.target.hasPrefix("/") ? node.target : base + node.target
    }
    return path
  }

  /// The parent of a new name must be a folder.
  func checkParent(_ path: String, _ call: String) throws(FileError) {
    let parent = nodes[resolve(MemoryFileSystem.split(path).folder)]
    guard let parent else { throw FileError(path: path, code: ENOENT, call: call) }
    guard parent.kind == .folder else { throw FileError(path: path, code: ENOTDIR, call: call) }
  }

  func file(_ path: String, _ call: String) throws(FileError) -> MemoryFileSystem.Node {
    guard let node = nodes[resolve(path)] else {
      throw FileError(path: path, code: ENOENT, call: call)
    }
    guard node.kind != .folder else { throw FileError(path: path, code: EISDIR, call: call) }
    return node
  }
}

extension MemoryFileSystem {
  /// Carries out a call that changes nothing.
  private func look<Result>(
    _ path: String, _ body: (State) throws(FileError) -> sending Result
  ) throws(FileError) -> Result {
    try state.withLock { (state) throws(FileError) in
      if state.isCrashed { throw FileError(path: path, code: EIO, call: "crashed") }
      return try body(state)
    }
  }

  /// Carries out one step, or the fault that is set for it.
  private func step(
    _ call: String, _ path: String, _ body: (inout State) throws(FileError) -> Void
  ) throws(FileError) {
    try state.withLock { (state) throws(FileError) in
      let crash = FileError(path: path, code: EIO, call: "crashed")
      if state.isCrashed { throw crash }
      state.steps.append("\(call) \(path)")
      let fault = state.fault.flatMap { $0.step == state.steps.count ? $0.fault : nil }
      switch fault {
      case nil: try body(&state)
      case .fails(let code): throw FileError(path: path, code: code, call: call)
      case .crashBefore:
        state.isCrashed = true
        throw crash
      case .crashAfter:
        state.isCrashed = true
        try body(&state)
        throw crash
      }
    }
  }

  public func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8] {
    try look(path) { (state) throws(FileError) in
      let content = try state.file(path, "open").content
      guard content.count <= maximumBytes else {
        throw FileError(path: path, code: EFBIG, call: "read")
      }
      return content
    }
  }

  public func files(under folder: String) throws(FileError) -> [String] {
    try look(folder) { (state) throws(FileError) in
      guard let node = state.nodes[folder], node.kind == .folder else {
        let code = state.nodes[folder] == nil ? ENOENT : ENOTDIR
        throw FileError(path: folder, code: code, call: "scandir")
      }
      let prefix = folder.hasSuffix("/") ? folder : folder + "/"
      return state.nodes.keys.filter { path in
        let folders = path.dropFirst(prefix.count).split(separator: "/").dropLast()
        return path.hasPrefix(prefix) && state.nodes[state.resolve(path)]?.kind == .file
          && !folders.contains { $0.hasPrefix(".") }
      }.map { String($0.dropFirst(prefix.count)) }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
  }

  public func names(in folder: String) throws(FileError) -> [String] {
    try look(folder) { (state) throws(FileError) in
      let folder = state.resolve(folder)
      guard let node = state.nodes[folder], node.kind == .folder else {
        let code = state.nodes[folder] == nil ? ENOENT : ENOTDIR
        throw FileError(path: folder, code: code, call: "scandir")
      }
      return state.nodes.keys.filter { $0 != folder }.map(Self.split)
        .filter { $0.folder == folder }.map(\.name)
    }
  }

  public func status(of path: String, followingLinks: Bool) throws(FileError) -> FileStatus? {
    try look(path) { state in
      let bare = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
      return state.nodes[followingLinks ? state.resolve(bare) : bare].map {
        FileStatus(
          kind: $0.kind, size: Int64($0.content.count), permissions: $0.permissions,
          owner: $0.owner, modified: $0.modified)
      }
    }
  }

  public func makeFolder(_ path: String, permissions: UInt32) throws(FileError) {
    try add("mkdir", path, Node(kind: .folder, permissions: permissions, owner: userID))
  }

  public func create(
    _ path: String, permissions: UInt32, content: UnsafeRawBufferPointer
  ) throws(FileError) {
    let node = Node(
      kind: .file, content: Array(content), permissions: permissions, owner: userID)
    try add("create", path, node)
  }

  public func link(_ path: String, as newPath: String) throws(FileError) {
    try step("link", newPath) { (state) throws(FileError) in
      let node = try state.file(path, "link")
      try Self.add("link", newPath, node, to: &state)
    }
  }

  public func rename(_ path: String, to newPath: String) throws(FileError) {
    try step("rename", newPath) { (state) throws(FileError) in
      guard let node = state.nodes[path] else {
        throw FileError(path: path, code: ENOENT, call: "rename")
      }
      try state.checkParent(newPath, "rename")
      state.nodes[path] = nil
      state.nodes[newPath] = node
    }
  }

  public func remove(_ path: String) throws(FileError) {
    try step("unlink", path) { (state) throws(FileError) in
      guard let node = state.nodes[path] else {
        throw FileError(path: path, code: ENOENT, call: "unlink")
      }
      guard node.kind != .folder else { throw FileError(path: path, code: EISDIR, call: "unlink") }
      state.nodes[path] = nil
    }
  }

  public func synchronizeFolder(_ path: String) throws(FileError) {
    try step("fsync", path) { (state) throws(FileError) in
      guard state.nodes[state.resolve(path)]?.kind == .folder else {
        throw FileError(path: path, code: ENOENT, call: "fsync")
      }
      let inFolder = { (entry: (key: String, value: Node)) in Self.split(entry.key).folder == path }
      let kept = state.durable.filter { !inFolder($0) || $0.key == path }
      state.durable = kept.merging(state.nodes.filter { inFolder($0) }) { _, new in new }
    }
  }

  public func freeSpace(at path: String) throws(FileError) -> Int64 {
    try look(path) { $0.freeSpace }
  }

  public func append(_ bytes: [UInt8], to path: String) throws(FileError) {
    try step("append", path) { (state) throws(FileError) in
      try state.checkParent(path, "open")
      let new = Node(kind: .file, permissions: 0o600, owner: userID)
      state.nodes[path, default: new].content += bytes
      state.nodes[path]?.modified = state.time
    }
  }

  public func lock(_ path: String) throws(FileError) -> FileLock? {
    let number = try state.withLock { (state) throws(FileError) -> Int? in
      if state.isCrashed { throw FileError(path: path, code: EIO, call: "crashed") }
      try state.checkParent(path, "open")
      if state.nodes[path] == nil {
        state.nodes[path] = Node(kind: .file, permissions: 0o600, owner: userID)
      }
      guard state.locks[path] == nil else { return nil }
      state.lockCount += 1
      state.locks[path] = state.lockCount
      return state.lockCount
    }
    return number.map { number in
      FileLock { [self] in
        state.withLock { if $0.locks[path] == number { $0.locks[path] = nil } }
      }
    }
  }

  public func isLocked(_ path: String) throws(FileError) -> Bool {
    try look(path) { $0.locks[path] != nil }
  }

  private func add(_ call: String, _ path: String, _ node: Node) throws(FileError) {
    try step(call, path) { (state) throws(FileError) in
      var node = node
      node.modified = state.time
      try Self.add(call, path, node, to: &state)
    }
  }

  private static func add(
    _ call: String, _ path: String, _ node: Node, to state: inout State
  ) throws(FileError) {
    try state.checkParent(path, call)
    guard state.nodes[path] == nil else { throw FileError(path: path, code: EEXIST, call: call) }
    state.nodes[path] = node
  }
}
