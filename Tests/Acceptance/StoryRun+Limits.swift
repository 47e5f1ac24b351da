import Crypto
import Foundation
import Glibc
import JSON

extension StoryRun {
  /// `limit open-files N`, `limit memory MIB`, `limit threads N`, `limit none`: the limits of the programs
  /// that start from here on.
  func limit(_ words: inout Words) throws {
    let what = try words.next("the limit")
    switch what {
    case "none": limit = []
    case "open-files": limit = Self.shell("ulimit -n \(try words.number("the files"))")
    case "memory": limit = Self.shell("ulimit -v \(try words.number("the memory") << 10)")
    case "threads": try limitThreads(words.number("the threads"))
    default: throw StoryFailure("unknown limit \(what)")
    }
    try words.end()
  }

  /// Without the files that this test's process has open and its programs inherit.
  private static func shell(_ command: String) -> [String] {
    let closing =
      #"for f in /proc/self/fd/*; do n=${f##*/}; [ "$n" -gt 2 ] && eval "exec $n>&-"; done"#
    return ["/bin/bash", "-c", "\(closing); \(command) && exec \"$0\" \"$@\""]
  }

  /// The limit counts all processes and threads of a user and does not apply to root, so the programs run as a user without
  /// others. A user other than root already has some: every limit is too low then.
  private func limitThreads(_ count: Int) throws {
    let command = Self.shell("ulimit -u \(count)")
    guard getuid() == 0 else { return limit = command }
    // Stories run concurrently, and the limit counts the threads of all programs of a user.
    let user = 61_000 + (Int(getpid()) * 37 + count) % 4000
    limit =
      ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] + command
    // That user may not be able to read the programs and the files of the sandbox.
    let folder = folder.deletingLastPathComponent().appending(path: "bin").path
    for program in ["arctl", "arctl-sandbox"]
    where !FileManager.default.fileExists(atPath: "\(folder)/\(program)") {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try copy(Self.binaries.appending(path: program).path, to: "\(folder)/\(program)")
    }
    programFolder = folder
    for name in ["sandbox", "sandbox/owner.json"] {
      let mode: mode_t = name == "sandbox" ? 0o755 : 0o644
      if chmod(path(name), mode) != 0, errno != ENOENT {
        throw StoryFailure("chmod \(name): \(errno)")
      }
    }
  }

  /// Copies a program with another program: a program that another story starts meanwhile could inherit a file that this
  /// process has open for writing, and a file that is open for writing cannot be executed (ETXTBSY).
  private func copy(_ file: String, to target: String) throws {
    let end = try Subprocess(
      "/bin/cp", [file, target], folder: "/", environment: [:], output: "\(target).copied"
    ).wait()
    guard end == .exit(0) else { throw StoryFailure("cannot copy \(file): \(end)") }
  }

  /// `unseen TEXT`: nothing that arctl printed in this story and no file that it left holds TEXT, as it is, in base64 or in
  /// hexadecimal.
  func unseen(_ words: inout Words) throws {
    let text = try words.next("the text")
    try words.end()
    let sought = spellings(of: text).map { (name: $0.0, bytes: Data($0.1.utf8)) }
    for found in sought where Data(printed.utf8).range(of: found.bytes) != nil {
      throw StoryFailure("what arctl printed holds \(text) (\(found.name)):\n\(printed)")
    }
    let root = folder.deletingLastPathComponent()
    let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
    for name in names ?? [] where !name.hasPrefix("work/sandbox") && !name.hasPrefix("arctl-") {
      let path = root.appending(path: name).path
      // A link leads to arctl itself, which is large and holds nothing of the story.
      let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      guard type == .typeRegular, let content = FileManager.default.contents(atPath: path) else {
        continue
      }
      for found in sought where content.range(of: found.bytes) != nil {
        throw StoryFailure("\(name) holds \(text) (\(found.name))")
      }
    }
  }

  private func spellings(of text: String) -> [(String, String)] {
    let bytes = Array(text.utf8)
    let inBase64 = (0...2).map { before -> (String, String) in
      let whole = Base64.encode([UInt8](repeating: 0, count: before) + bytes)
      return ("base64", String(whole.dropFirst(before == 0 ? 0 : before + 1).dropLast(4)))
    }
    return [("as it is", text), ("hexadecimal", Hex.encode(bytes))] + inBase64
  }
}
