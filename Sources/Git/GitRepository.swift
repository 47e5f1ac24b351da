public import Platform

/// A git work tree, read without running anything that the repository names: no hooks, filters, pagers or file-system
/// monitors, and no transport, so that a partial clone fetches nothing.
///
/// It runs `git rev-parse`, `git ls-tree` and `git cat-file --batch`, and nothing else.
public struct GitRepository: Sendable {
  /// Runs git with `guarded` and these arguments, in `environment`, and with this input.
  public typealias Run =
    @Sendable (_ arguments: [String], _ input: [UInt8]) async throws(FileError) -> ProgramOutput

  /// The absolute path of the top folder of the work tree.
  public let top: String
  /// The path of the current folder below it: empty, or with a slash at the end.
  public let prefix: String
  private let run: Run

  /// The work tree that contains the current folder.
  ///
  /// - Throws: `GitError` if there is none, or git refuses it.
  public init(run: @escaping Run) async throws(GitError) {
    self.run = run
    let output = try await Self.output(
      of: ["rev-parse", "--show-toplevel", "--show-prefix", "--is-inside-work-tree"], run)
    let lines = Self.lines(output)
    guard lines.count == 3, lines[0].hasPrefix("/"), lines[2] == "true" else {
      throw GitError(.noWorkTree, "the current folder is not in a git work tree")
    }
    top = lines[0]
    prefix = lines[1]
  }

  /// The commit of a revision, in full: 40 or 64 hexadecimal digits.
  public func commit(of revision: String) async throws(GitError) -> String {
    // A newline would be a second argument in the output, and git takes no empty name.
    guard !revision.isEmpty, !revision.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw GitError(.unknownRevision, "not the name of a revision")
    }
    let output = try await Self.output(
      of: ["rev-parse", "--verify", "--quiet", "--end-of-options", "\(revision)^{commit}"], run,
      refusal: .unknownRevision)
    guard let line = Self.lines(output).first, Self.isObjectID(line) else {
      throw GitError(.unknownRevision, "git knows no such commit")
    }
    return line
  }

  /// Whether the history of the clone is cut off, so that older commits and common ancestors are not in it.
  public func isShallow() async throws(GitError) -> Bool {
    Self.lines(try await Self.output(of: ["rev-parse", "--is-shallow-repository"], run)) == ["true"]
  }

  /// The best common ancestors of two commits, in full; none if there is none or the history is cut off (a shallow clone).
  public func mergeBases(_ one: String, _ other: String) async throws(GitError) -> [String] {
    let output = try await Self.output(
      of: ["rev-parse", "--end-of-options", "\(one)...\(other)"], run, refusal: .unknownRevision)
    return Self.lines(output).filter { $0.hasPrefix("^") }.map { String($0.dropFirst()) }
      .filter(Self.isObjectID)
  }

  /// Whether a commit is an ancestor of another one, or the same.
  public func isAncestor(_ one: String, of other: String) async throws(GitError) -> Bool {
    if one == other { return true }
    return try await mergeBases(one, other) == [one]
  }

  /// The files of a commit below the given paths, with their content.
  ///
  /// - Parameters:
  ///   - paths: relative to `top`, without `.` and `..`; an empty one is the whole tree.
  ///   - isNeeded: whether the content of a file is wanted.
  public func tree(
    of commit: String, below paths: [String], isNeeded: (String) -> Bool
  ) async throws(GitError) -> GitTree {
    let whole = paths.contains("")
    let arguments = ["ls-tree", "-r", "-z", "--full-tree", commit]
    let output = try await Self.output(
      of: whole ? arguments : arguments + ["--"] + paths.sorted(), run)
    var entries: [GitTree.Entry] = []
    for record in output.split(separator: 0) {
      guard let entry = GitTree.Entry(record: record) else {
        // The name of a file that is no manifest may be of any bytes.
        let text = String(decoding: record, as: UTF8.self)
        if text.hasPrefix("100"), !isNeeded(text) { continue }
        throw GitError(.unreadable, "git lists a file whose name is not UTF-8: \(text)")
      }
      entries.append(entry)
    }
    var tree = GitTree(top: top, entries: entries)
    let wanted = entries.filter { $0.kind == .file && isNeeded($0.path) }
    for start in stride(from: 0, to: wanted.count, by: Self.batch) {
      let part = wanted[start..<min(start + Self.batch, wanted.count)]
      try await read(Array(part), into: &tree)
    }
    return tree
  }

  /// How many objects are read at once.
  private static let batch = 500
  private func read(_ entries: [GitTree.Entry], into tree: inout GitTree) async throws(GitError) {
    let input = entries.map { $0.object + "\n" }.joined()
    let output = try await Self.output(of: ["cat-file", "--batch"], run, input: Array(input.utf8))
    var rest = output[...]
    for entry in entries {
      guard let end = rest.firstIndex(of: 0x0A) else { throw Self.cutOff }
      let header = String(decoding: rest[..<end], as: UTF8.self).split(separator: " ")
      rest = rest[rest.index(after: end)...]
      guard header.count == 3, header[0] == entry.object, header[1] == "blob",
        let size = Int(header[2]), size >= 0, rest.count > size
      else {
        throw GitError(
          .unreadable, "the content of `\(entry.path)` is not in this clone; fetch it first")
      }
      tree.put(Array(rest.prefix(size)), at: entry.path)
      rest = rest.dropFirst(size + 1)
    }
  }

  private static let cutOff = GitError(.unreadable, "git cat-file ended early")

  private static func output(
    of arguments: [String], _ run: Run, input: [UInt8] = [],
    refusal: GitError.Reason = .unreadable
  ) async throws(GitError) -> [UInt8] {
    let result: ProgramOutput
    do {
      result = try await run(arguments, input)
    } catch {
      throw GitError(.notRunnable, "git cannot be run: \(error.reason)")
    }
    guard result.status == .exited(0) else {
      let text = String(decoding: result.errors, as: UTF8.self)
      if text.contains("dubious ownership") {
        throw GitError(.notOwned, "git refuses the repository, because another user owns it")
      }
      if text.contains("not a git repository") {
        throw GitError(.noWorkTree, "the current folder is not in a git work tree")
      }
      if text.contains("must be run in a work tree") {
        throw GitError(.noWorkTree, "the current folder is not in a git work tree")
      }
      if text.contains("lazy fetching disabled") {
        throw GitError(.unreadable, "the clone is partial, and lacks what the commit holds")
      }
      let lines = text.split(separator: "\n")
      let line = lines.first { $0.hasPrefix("fatal: ") }?.dropFirst("fatal: ".count) ?? lines.first
      throw GitError(refusal, line.map(String.init) ?? "no message")
    }
    return result.output
  }

  /// What keeps git from running programs that the repository or its settings name, and from fetching.
  public static let guarded = [
    "--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never",
  ]

  /// The environment of git: without the variables that move it to another repository or add settings.
  public static func environment(_ own: ProcessEnvironment) -> ProcessEnvironment {
    var variables = own.variables.filter { !$0.key.hasPrefix("GIT_") }
    variables["GIT_ALLOW_PROTOCOL"] = "none"
    variables["GIT_TERMINAL_PROMPT"] = "0"
    variables["GIT_NO_LAZY_FETCH"] = "1"
    variables["LC_ALL"] = "C"
    return ProcessEnvironment(variables)
  }

  private static func lines(_ output: [UInt8]) -> [String] {
    var lines = output.split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  static func isObjectID(_ text: String) -> Bool {
    [40, 64].contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}

/// Why something cannot be read from git.
public struct GitError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of reasons that callers distinguish.
  public enum Reason: Sendable, Hashable {
    case notRunnable, noWorkTree, notOwned, unknownRevision, unreadable
  }
  /// What kind of reason it is.
  public let reason: Reason
  /// One sentence without a full stop.
  public let message: String

  init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }

  public var description: String { message }
}
