import CommandLine
import Diagnostics
import Kinds
import Platform

/// `arctl settings --write DIR`: writes the files of an answer. Everything that can be checked is checked before the first
/// one is written.
struct SettingsFiles: Sendable {
  struct Options: Sendable {
    /// As the user wrote it.
    let folder: String
    /// Whether a file that arctl did not write, or that was edited since, is replaced. It is kept as a backup.
    let overwrites: Bool
  }

  let options: Options
  let reporter: Reporter

  /// Writes the files. Each has mode 0600 and is replaced as a whole; symbolic links are not followed.
  func write(_ written: [WrittenFile]) async throws {
    do {
      let states = try written.map { ($0, try state(of: $0)) }
      try await checkGit(states)
      try files.makeFolders(options.folder)
      for (file, state) in states { try replace(file, state) }
    } catch let error as FileError {
      throw reporter.earlyExit(
        .unexpected, code: .fileKept,
        "cannot write `\(escapedForTerminal(error.path))`: \(error.reason)")
    }
  }

  /// The path of a file, as the user would type it.
  func path(of file: WrittenFile) -> String { "\(options.folder)/\(file.name)" }

  private var files: any FileSystem { reporter.context.files }

  private enum State {
    case missing
    /// arctl wrote it, and it was not edited.
    case own
    /// It is kept under this name.
    case foreign(content: [UInt8], backup: String)
  }

  private func state(of file: WrittenFile) throws -> State {
    let path = path(of: file)
    if try files.status(of: options.folder, followingLinks: false)?.kind == .symbolicLink {
      throw refusal(options.folder, "is a symbolic link", "write to the folder itself")
    }
    guard let status = try files.status(of: path, followingLinks: false) else { return .missing }
    guard status.kind == .file else {
      throw refusal(path, "is not a regular file", "write to another folder")
    }
    let content = try files.read(path, maximumBytes: 1 << 20)
    if content == Array(file.text.utf8) || WrittenFile.isOwn(content, name: file.name) {
      return .own
    }
    guard options.overwrites else {
      throw refusal(
        path, "exists, and arctl did not write it or it was edited since",
        "merge the printed text by hand, or replace the file with --overwrite, which keeps a backup"
      )
    }
    return .foreign(content: content, backup: try freeName(for: file.name))
  }

  private func refusal(_ path: String, _ reason: String, _ help: String) -> EarlyExit {
    reporter.earlyExit(
      .refused, code: .fileKept, "`\(escapedForTerminal(path))` \(reason); nothing was written",
      help: [help])
  }

  private func replace(_ file: WrittenFile, _ state: State) throws {
    let path = path(of: file)
    switch state {
    case .missing:
      // Fails if a file appeared in the meantime.
      try Array(file.text.utf8).withUnsafeBytes {
        try files.create(path, permissions: 0o600, content: $0)
      }
    case .own: try files.writeAtomically(Array(file.text.utf8), to: path, permissions: 0o600)
    case .foreign(let content, let backup):
      // The old file may hold a password, whatever its mode was.
      let kept = "\(options.folder)/\(backup)"
      try content.withUnsafeBytes { try files.create(kept, permissions: 0o600, content: $0) }
      reporter.note("kept the old file as \(escapedForTerminal(kept))")
      try files.writeAtomically(Array(file.text.utf8), to: path, permissions: 0o600)
    }
  }

  /// The name of a backup that no other file has.
  private func freeName(for name: String) throws(FileError) -> String {
    var backup = "\(name).backup"
    var number = 1
    while try files.status(of: "\(options.folder)/\(backup)", followingLinks: false) != nil {
      number += 1
      backup = "\(name).backup\(number)"
    }
    return backup
  }

  /// In a git work tree, refuses files that git does not ignore: they could be committed by mistake.
  private func checkGit(_ states: [(WrittenFile, State)]) async throws {
    let (folder, rest) = try existing(options.folder)
    guard try isInWorkTree(folder) else { return }
    var names: [String] = []
    for (file, state) in states {
      names.append(file.name)
      if case .foreign(_, let backup) = state { names.append(backup) }
    }
    for name in names where try await !isIgnored("./\(rest)\(name)", in: folder) {
      throw refusal(
        "\(options.folder)/\(name)",
        "is in a git work tree, and git tracks it or does not say that it ignores it",
        "add its name to .gitignore, or write to a folder outside of the work tree")
    }
  }

  private func isIgnored(_ path: String, in folder: String) async throws -> Bool {
    do throws(FileError) {
      return try await reporter.context.git(
        ["-C", folder, "check-ignore", "--quiet", "--", path], []
      ).status == .exited(0)
    } catch {
      return false
    }
  }

  /// The part of a path that exists, without links, and the rest of it with a slash at the end.
  private func existing(_ folder: String) throws(FileError) -> (folder: String, rest: String) {
    var path = folder
    var rest = ""
    while try files.status(of: path) == nil {
      let (parent, name) = LocalFileSystem.split(path)
      guard parent != path else { break }
      rest = "\(name)/\(rest)"
      path = parent
    }
    return (reporter.context.resolved(path), rest)
  }

  /// Whether a `.git` is in the folder or above it.
  private func isInWorkTree(_ folder: String) throws(FileError) -> Bool {
    var path = folder
    while true {
      if try files.status(of: "\(path == "/" ? "" : path)/.git", followingLinks: false) != nil {
        return true
      }
      let (parent, _) = LocalFileSystem.split(path)
      if parent == path { return false }
      path = parent
    }
  }
}
