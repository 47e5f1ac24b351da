import Foundation
import Platform
import TestSupport
import Testing

/// Both file systems must behave the same.
@Suite struct FileSystemTests {
  enum Kind: CaseIterable { case local, memory }

  /// Calls `body` with a file system and a folder in it, which is removed afterwards.
  func with(_ kind: Kind, _ body: (any FileSystem, String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "arctl-test-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files: any FileSystem = kind == .local ? LocalFileSystem() : MemoryFileSystem()
    try files.makeFolders(folder)
    try body(files, folder)
  }

  func create(_ files: any FileSystem, _ path: String, _ text: String = "") throws {
    try Array(text.utf8).withUnsafeBytes { bytes in
      try files.create(path, permissions: 0o600, content: bytes)
    }
  }

  func code(_ body: () throws -> Void) -> Int32? {
    do { try body() } catch let error as FileError { return error.code } catch {}
    return nil
  }

  @Test(arguments: Kind.allCases) func createsExclusively(kind: Kind) throws {
    try with(kind) { files, folder in
      try create(files, folder + "/a", "content")
      #expect(try files.read(folder + "/a", maximumBytes: 7) == Array("content".utf8))
      let status = try #require(try files.status(of: folder + "/a"))
      #expect(status.kind == .file)
      #expect(status.size == 7)
      #expect(status.permissions == 0o600)
      #expect(status.owner == files.userID)
      #expect(code { try create(files, folder + "/a") } == EEXIST)
      #expect(code { try create(files, folder + "/missing/a") } == ENOENT)
    }
  }

  @Test(arguments: Kind.allCases) func readsWithinBounds(kind: Kind) throws {
    try with(kind) { files, folder in
      try create(files, folder + "/a", "content")
      #expect(code { _ = try files.read(folder + "/a", maximumBytes: 6) } == EFBIG)
      #expect(code { _ = try files.read(folder + "/b", maximumBytes: 6) } == ENOENT)
      #expect(code { _ = try files.read(folder, maximumBytes: 6) } == EISDIR)
    }
  }

  @Test func onlyRegularFilesAreReadOrAppendedTo() throws {
    try with(.local) { files, folder in
      let (pipe, socket) = (folder + "/pipe", folder + "/s")
      #expect(mkfifo(pipe, 0o600) == 0)
      let listener = try bound(to: socket)
      defer { close(listener) }
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/link", withDestinationPath: pipe)
      for path in [pipe, folder + "/link", socket, "/dev/null", "/dev/zero"] {
        let error = #expect(throws: FileError.self) {
          _ = try files.read(path, maximumBytes: 1 << 20)
        }
        #expect(error?.description == "\(path): is not a regular file (open)")
      }
      for path in [pipe, socket] {
        let error = #expect(throws: FileError.self) { try files.append([1], to: path) }
        #expect(error?.reason == "is not a regular file")
      }
      try create(files, folder + "/a", "text")
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/b", withDestinationPath: folder + "/a")
      #expect(try files.read(folder + "/b", maximumBytes: 4) == Array("text".utf8))
    }
  }

  /// A socket with this path as its name.
  private func bound(to path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    try #require(result == 0)
    return descriptor
  }

  @Test(arguments: Kind.allCases) func linksWithoutReplacing(kind: Kind) throws {
    try with(kind) { files, folder in
      try create(files, folder + "/a", "1")
      try create(files, folder + "/b", "2")
      #expect(code { try files.link(folder + "/a", as: folder + "/b") } == EEXIST)
      try files.link(folder + "/a", as: folder + "/c")
      try files.remove(folder + "/a")
      #expect(try files.status(of: folder + "/a") == nil)
      #expect(try files.read(folder + "/c", maximumBytes: 1) == Array("1".utf8))
      try files.rename(folder + "/c", to: folder + "/b")
      #expect(try files.read(folder + "/b", maximumBytes: 1) == Array("1".utf8))
      #expect(try files.files(under: folder) == ["b"])
      #expect(code { try files.remove(folder + "/a") } == ENOENT)
    }
  }

  @Test(arguments: Kind.allCases) func writesAtomically(kind: Kind) throws {
    try with(kind) { files, folder in
      try files.writeAtomically(Array("one".utf8), to: folder + "/a", permissions: 0o644)
      try files.writeAtomically(Array("two".utf8), to: folder + "/a", permissions: 0o640)
      #expect(try files.read(folder + "/a", maximumBytes: 9) == Array("two".utf8))
      #expect(try files.status(of: folder + "/a")?.permissions == 0o640)
      #expect(try files.files(under: folder) == ["a"])
      #expect(code { try files.writeAtomically([1], to: folder + "/x/a") } == ENOENT)
    }
  }

  @Test(arguments: Kind.allCases) func listsInOrder(kind: Kind) throws {
    try with(kind) { files, folder in
      for name in ["b", "a/z", "a-", "a/.hidden/x", "A", "é", ".dot"] {
        let path = folder + "/" + name
        try files.makeFolders(String(path[..<path.lastIndex(of: "/")!]))
        try create(files, path)
      }
      #expect(try files.files(under: folder) == [".dot", "A", "a-", "a/z", "b", "é"])
      #expect(code { _ = try files.files(under: folder + "/b") } == ENOTDIR)
      #expect(code { _ = try files.files(under: folder + "/none") } == ENOENT)
    }
  }

  @Test(arguments: Kind.allCases) func makesFolders(kind: Kind) throws {
    try with(kind) { files, folder in
      try files.makeFolders(folder + "/x/y/")
      try files.makeFolders(folder + "/x/y/z")
      let status = try #require(try files.status(of: folder + "/x/y"))
      #expect(status.kind == .folder)
      #expect(status.permissions == 0o700)
      try create(files, folder + "/f")
      #expect(code { try files.makeFolders(folder + "/f") } == ENOTDIR)
      #expect(code { try files.makeFolder(folder + "/x", permissions: 0o700) } == EEXIST)
      try files.synchronizeFolder(folder)
      #expect(code { try files.synchronizeFolder(folder + "/none") } == ENOENT)
    }
  }

  @Test(arguments: Kind.allCases) func appends(kind: Kind) throws {
    try with(kind) { files, folder in
      try files.append(Array("a\n".utf8), to: folder + "/log")
      try files.append(Array("b\n".utf8), to: folder + "/log")
      #expect(try files.read(folder + "/log", maximumBytes: 9) == Array("a\nb\n".utf8))
      #expect(try files.status(of: folder + "/log")?.permissions == 0o600)
    }
  }

  /// Like a program that another thread is starting: until it runs, it shares every open file.
  @Test func aSharedDescriptorDoesNotKeepTheLock() throws {
    try with(.local) { files, folder in
      var lock = try files.lock(folder + "/lock")
      #expect(lock != nil)
      let descriptor = try #require(
        (3..<4096).first { number in
          (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(number)"))
            == folder + "/lock"
        })
      let copy = dup(Int32(descriptor))
      defer { close(copy) }
      lock = nil
      #expect(try files.lock(folder + "/lock") != nil)
      #expect(lock == nil)
    }
  }

  @Test func aLateReleaseKeepsAnotherLock() throws {
    let files = MemoryFileSystem()
    var first = try files.lock("/lock")
    #expect(first != nil)
    files.releaseLocks()
    let second = try files.lock("/lock")
    #expect(second != nil)
    first = nil
    #expect(try files.lock("/lock") == nil)
    #expect(first == nil)
  }

  @Test(arguments: Kind.allCases) func locksOnce(kind: Kind) throws {
    try with(kind) { files, folder in
      var lock = try files.lock(folder + "/lock")
      #expect(lock != nil)
      #expect(try files.lock(folder + "/lock") == nil)
      lock = nil
      #expect(try files.lock(folder + "/lock") != nil)
      #expect(lock == nil)
    }
  }

  @Test(arguments: Kind.allCases) func reportsWhetherAFileIsLocked(kind: Kind) throws {
    try with(kind) { files, folder in
      #expect(try !files.isLocked(folder + "/lock"))
      #expect(try files.status(of: folder + "/lock") == nil)
      var lock = try files.lock(folder + "/lock")
      #expect(try files.isLocked(folder + "/lock"))
      #expect(lock != nil)
      lock = nil
      #expect(try !files.isLocked(folder + "/lock"))
      // A test of the lock does not keep others out.
      lock = try files.lock(folder + "/lock")
      #expect(lock != nil)
    }
  }

  @Test func aFileHasItsModificationTime() throws {
    try with(.local) { files, folder in
      let before = Int64(Date().timeIntervalSince1970)
      try files.append([1], to: folder + "/new")
      let modified = try #require(try files.status(of: folder + "/new")).modified
      // File systems may round their times, by two seconds at most.
      let after = Int64(Date().timeIntervalSince1970)
      #expect((before - 2...after).contains(modified))
    }
    let files = MemoryFileSystem()
    files.setTime(1_000)
    try files.append([1], to: "/new")
    files.setTime(2_000)
    try files.link("/new", as: "/other")
    #expect(try files.status(of: "/other")?.modified == 1_000)
  }

  @Test(arguments: Kind.allCases) func knowsTheFreeSpace(kind: Kind) throws {
    try with(kind) { files, folder in
      let space = try files.freeSpace(at: folder)
      #expect(space > 0)
    }
  }

  @Test func splitsPaths() {
    #expect(LocalFileSystem.split("/a/b") == ("/a", "b"))
    #expect(LocalFileSystem.split("/a/b/") == ("/a", "b"))
    #expect(LocalFileSystem.split("/a") == ("/", "a"))
    #expect(LocalFileSystem.split("a") == (".", "a"))
    #expect(LocalFileSystem.split("a/b") == ("a", "b"))
  }

  @Test func anErrorExplainsItsCode() {
    let error = FileError(path: "/k/a.json", code: EACCES, call: "open")
    #expect(error.description == "/k/a.json: Permission denied (open)")
  }
}

@Suite struct LocalFileSystemTests {
  @Test func doesNotFollowLinkedFoldersOrWriteThroughLinks() throws {
    let folder = NSTemporaryDirectory() + "arctl-test-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = LocalFileSystem()
    try files.makeFolders(folder + "/real")
    try files.append([], to: folder + "/real/a")
    symlink("real", folder + "/linked")
    symlink(".", folder + "/real/loop")
    symlink("real/a", folder + "/file")
    symlink("nowhere", folder + "/dangling")
    #expect(try files.files(under: folder) == ["file", "real/a"])
    #expect(try files.files(under: folder + "/linked") == ["a"])
    let link = try files.status(of: folder + "/file", followingLinks: false)
    #expect(link?.kind == .symbolicLink)
    #expect(try files.status(of: folder + "/file")?.kind == .file)
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    #expect(throws: FileError.self) {
      try files.create(folder + "/dangling", permissions: 0o600, content: nothing)
    }
    #expect(throws: FileError.self) { try files.append([1], to: folder + "/file") }
    #expect(throws: FileError.self) { _ = try files.lock(folder + "/file") }
  }
}
