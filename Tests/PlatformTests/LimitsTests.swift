import Glibc
import Testing

@testable import Platform

@Suite struct LimitsTests {
  /// The text for a reached limit, wherever it is reached: the limit and its value.
  @Test(arguments: [
    (EMFILE, "open", "too many open files: `ulimit -n` is "),
    (ENFILE, "pipe", "too many open files on this machine"),
    (ENOMEM, "mmap", "out of memory"),
    (EAGAIN, "pthread_create", "no more threads or processes: "),
    (EAGAIN, "posix_spawn", "no more threads or processes: "),
  ])
  func aReachedLimitIsNamed(_ code: Int32, _ call: String, _ text: String) {
    let error = FileError(path: "p", code: code, call: call)
    #expect(error.reason.hasPrefix(text), "\(error)")
  }

  @Test func otherErrorsAreUnchanged() {
    #expect(
      FileError(path: "p", code: EAGAIN, call: "read").reason == String(cString: strerror(EAGAIN)))
    #expect(FileError(path: "p", code: EACCES, call: "open").reason == "Permission denied")
  }

  @Test func anOpenFileIsCounted() throws {
    // Other tests open and close files in the meantime; a hundred are more than they do.
    let before = Limits.freeDescriptors
    var open: [Int32] = []
    for _ in 0..<100 { open.append(dup(0)) }
    let meanwhile = Limits.freeDescriptors
    for descriptor in open { close(descriptor) }
    #expect(meanwhile <= before - 50)
  }
}
