import Foundation

/// The system calls of a program, as strace reports them, in order.
extension StoryRun {
  private static let traced = [
    "open", "openat", "creat", "write", "pwrite64", "fsync", "fdatasync", "link", "linkat",
    "symlink",
    "symlinkat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "mkdirat",
    "chmod",
    "fchmod", "fchmodat", "truncate", "ftruncate",
  ]

  /// `[exit N] traced FILE arctl ARGUMENT...`: runs arctl under strace, whose report goes to FILE.
  func traced(_ words: inout Words, _ expectation: Expectation) throws {
    let file = path(try words.next("a file"))
    guard words.take("arctl") else { throw StoryFailure("`traced FILE arctl ...`") }
    // `?`: strace ignores a call that this machine does not have.
    let calls = Self.traced.map { "?\($0)" }.joined(separator: ",")
    let process = try start(
      "/usr/bin/strace",
      ["-f", "-y", "-s", "0", "-e", "trace=\(calls)", "-e", "signal=none", "-o", file]
        + [Self.binaries.appending(path: "arctl").path] + words.rest)
    let end = try process.wait()
    take(process)
    try check(end, expectation.exit)
  }

  /// `calls FILE FOLDER NAME`: the writes, renames and syncs in FOLDER are exactly those that the file NAME lists, in that
  /// order.
  func checkCalls(_ words: inout Words) throws {
    let report = try read(try words.next("a file"))
    let folder = try words.next("a folder")
    let expected = try read(try words.next("the expected calls"))
    let found = report.split(separator: "\n").compactMap {
      FolderCall(String($0), in: folder)?.text
    }
    .reduce(into: [String]()) { calls, call in
      // A file may be written in several parts.
      if !(call.hasPrefix("write ") && calls.last == call) { calls.append(call) }
    }
    let wanted = expected.split(separator: "\n").map(String.init)
    guard found == wanted else {
      throw StoryFailure("the calls are\n\(found.joined(separator: "\n"))\n")
    }
  }
}

/// A call that changes a folder.
private struct FolderCall {
  /// `create .k.json.new O_WRONLY|O_CREAT|O_EXCL|O_NOFOLLOW|O_CLOEXEC 0600`.
  let text: String

  /// Nil for a call outside of the folder, a call that only reads, and the second half of a report that a call of another
  /// thread interrupted.
  init?(_ line: String, in folder: String) {
    guard let call = line.firstMatch(of: /^[0-9]+ +([a-z0-9]+)\((.*)/) else { return nil }
    let (name, arguments) = (String(call.1), String(call.2))
    let quoted = arguments.matches(of: /"([^"]*)"/).map { String($0.1) }
    let open = arguments.matches(of: /<(\/[^>]*)>/).map { String($0.1) }
    func short(_ paths: [String]) -> [String]? {
      let names = paths.compactMap { path -> String? in
        if path == folder { return "." }
        guard path.hasPrefix(folder + "/") else { return nil }
        return String(path.dropFirst(folder.count + 1))
          .replacing(/\.intent\.[0-9a-z]+$/, with: ".intent.*")
          .replacing(/\.[0-9a-f]{40}\.old$/, with: ".KEY.old")
      }
      return names.isEmpty || names.count != paths.count ? nil : names
    }
    switch name {
    case "open", "openat", "creat":
      guard let file = short(Array(quoted.prefix(1)))?.first else { return nil }
      let flags = arguments.firstMatch(of: /O_[A-Z_|]+/).map { String($0.0) } ?? ""
      guard flags.contains("O_WRONLY") || flags.contains("O_RDWR") || flags.contains("O_CREAT")
      else {
        return nil
      }
      let mode = arguments.firstMatch(of: /O_[A-Z_|]+, (0[0-7]+)/).map { " \($0.1)" } ?? ""
      text = "\(flags.contains("O_CREAT") ? "create" : "open") \(file) \(flags)\(mode)"
    case "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fchmod":
      guard let file = short(Array(open.prefix(1)))?.first else { return nil }
      text = "\(name == "pwrite64" ? "write" : name) \(file)"
    case "mkdir", "mkdirat":
      guard let file = short(Array(quoted.prefix(1)))?.first else { return nil }
      text = "mkdir \(file) \(arguments.firstMatch(of: /, (0[0-7]+)/).map { String($0.1) } ?? "")"
    default:
      guard let files = short(quoted) else { return nil }
      let bare = name.replacing(/at2?$/, with: "")
      text = ([bare] + files).joined(separator: " ")
    }
  }
}
