import Glibc
import Platform
import TestSupport
import Testing

@Suite struct MemoryFileSystemTests {
  let old = Array("old".utf8)
  let new = Array("new".utf8)

  func prepared() -> MemoryFileSystem {
    let files = MemoryFileSystem()
    files.put("/k/a", old)
    return files
  }

  @Test func countsTheSteps() throws {
    let files = prepared()
    try files.writeAtomically(new, to: "/k/a")
    try #require(files.steps.count == 3)
    #expect(files.steps[0].hasPrefix("create /k/.a."))
    #expect(files.steps.dropFirst() == ["rename /k/a", "fsync /k"])
  }

  @Test(arguments: 1...3, [false, true])
  func anAtomicWriteSurvivesACrashAtEveryStep(step: Int, after: Bool) throws {
    let files = prepared()
    files.inject(after ? .crashAfter : .crashBefore, atStep: step)
    #expect(throws: FileError.self) { try files.writeAtomically(new, to: "/k/a") }
    #expect(throws: FileError.self) { _ = try files.read("/k/a", maximumBytes: 3) }
    files.restart()
    let content = try files.read("/k/a", maximumBytes: 3)
    #expect(content == (step == 3 || (step == 2 && after) ? new : old))
  }

  @Test func aPowerCutLosesUnsynchronizedNames() throws {
    let files = prepared()
    files.inject(.crashBefore, atStep: 3)
    #expect(throws: FileError.self) { try files.writeAtomically(new, to: "/k/a") }
    files.restart(losingUnsynchronized: true)
    #expect(files.contents == ["/k/a": old])
    try files.writeAtomically(new, to: "/k/a")
    files.restart(losingUnsynchronized: true)
    #expect(files.contents == ["/k/a": new])
  }

  @Test func failsAsConfigured() throws {
    let files = prepared()
    files.inject(.fails(ENOSPC), atStep: 1)
    let error = #expect(throws: FileError.self) { try files.writeAtomically(new, to: "/k/a") }
    #expect(error?.code == ENOSPC)
    #expect(files.contents == ["/k/a": old])
    try files.writeAtomically(new, to: "/k/a")
    #expect(files.contents == ["/k/a": new])
  }

  @Test func knowsLinks() throws {
    let files = prepared()
    files.putLink("/l", to: "k/a")
    #expect(try files.status(of: "/l")?.kind == .file)
    #expect(try files.status(of: "/l", followingLinks: false)?.kind == .symbolicLink)
    #expect(try files.files(under: "/") == ["k/a", "l"])
  }
}
