import CommandLine
import Diagnostics
import Kinds
import Manifests
import Model
import Platform

/// `--approvals FILE` and `--approvals-from REF`.
struct ApprovalsFile: Sendable {
  let path: String
  /// The revision at which git has the file; nil for the file itself.
  let reference: String?

  /// An entry takes about 150 bytes.
  static let maximumBytes = 4 << 20

  /// Nil without `--approvals`.
  init?(_ arguments: ParsedArguments) throws(UsageError) {
    reference = arguments.value("approvals-from")
    guard let path = arguments.value("approvals") else {
      guard reference == nil else {
        throw UsageError("`--approvals-from` needs `--approvals FILE`: which file to read there")
      }
      return nil
    }
    self.path = path
  }

  /// What was read.
  struct Loaded: Sendable {
    var entries: [RowApproval] = []
    /// Warnings about the file, for the plan.
    var diagnostics: [Diagnostic] = []
  }

  /// The entries. Reports all errors before it throws `EarlyExit`.
  ///
  /// - Parameters:
  ///   - manifests: the files and folders of the manifests, below which the file must not be.
  ///   - commit: a commit with which the file of the work tree is compared.
  func load(
    _ reporter: Reporter, manifests: [String], since commit: String? = nil
  ) async throws -> Loaded {
    let context = reporter.context
    for folder in manifests where isBelow(folder, context) {
      throw reporter.earlyExit(
        .invalid, code: .approvalsUnusable,
        "the approvals file `\(path)` is below the manifests in `\(folder)`",
        help: ["keep it in a place of its own, whose owners approve: approvals.yaml"])
    }
    let copy: Copy
    var earlier: Copy?
    do throws(ApprovalsProblem) {
      copy = try await read(context)
      if reference == nil, let commit { earlier = try await self.copy(at: commit, context) }
    } catch {
      throw reporter.earlyExit(
        .invalid, code: .approvalsUnusable, error.message, help: error.help)
    }
    guard let bytes = copy.bytes else {
      let warning = Diagnostic(
        .approvalUnused, severity: .warning, "nothing is approved: `\(copy.name)` does not exist")
      return Loaded(diagnostics: [warning])
    }
    let result = ApprovalsReader.read(bytes, file: copy.name, kinds: Kinds.catalog)
    guard result.diagnostics.isEmpty else {
      reporter.report(result.diagnostics, source: Self.lines(of: bytes, copy.name))
      throw EarlyExit(.invalid)
    }
    guard let earlier else { return Loaded(entries: result.entries) }
    return Loaded(
      entries: result.entries, diagnostics: Self.selfApprovals(result.entries, since: earlier))
  }

  /// A warning for each entry that an earlier copy of the file does not have. One with errors has none of them.
  static func selfApprovals(_ entries: [RowApproval], since earlier: Copy) -> [Diagnostic] {
    let known = earlier.bytes.map {
      ApprovalsReader.read($0, file: earlier.name, kinds: Kinds.catalog).entries
    }
    let added = entries.filter { entry in
      known?.contains { $0.allowsSame(as: entry) } != true
    }
    return added.map { entry in
      Diagnostic(
        .selfApproval, severity: .warning,
        "this change approves itself: \(entry.subject) until \(entry.expires)", at: entry.source,
        help: ["--approvals-from REF counts only what is in the file at REF"])
    }
  }

  /// The content at one place; nil if git has no such file at the commit.
  struct Copy {
    var name: String
    var bytes: [UInt8]?

    init(name: String, bytes: [UInt8]? = nil) {
      self.name = name
      self.bytes = bytes
    }
  }

  private func read(_ context: RunContext) async throws(ApprovalsProblem) -> Copy {
    if let reference { return try await copy(at: reference, context) }
    do throws(FileError) {
      return Copy(
        name: path, bytes: try context.files.read(path, maximumBytes: Self.maximumBytes))
    } catch {
      throw ApprovalsProblem("cannot read the approvals file `\(path)`: \(error.reason)")
    }
  }

  /// Whether the file is at or below a path: by its name, or where a link leads.
  private func isBelow(_ folder: String, _ context: RunContext) -> Bool {
    let (parent, name) = LocalFileSystem.split(path)
    let names = ["\(context.resolved(parent))/\(name)", context.resolved(path)]
    let top = Self.parts(context.resolved(folder))
    return names.contains { Self.parts($0).starts(with: top) }
  }

  private static func parts(_ path: String) -> [Substring] {
    path.split(separator: "/").filter { $0 != "." }
  }

  private static func lines(of bytes: [UInt8], _ name: String) -> SourceText {
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return { file, line in
      file == name && lines.indices.contains(line - 1) ? lines[line - 1] : nil
    }
  }
}

/// Why an approvals file cannot be read.
struct ApprovalsProblem: Error, Sendable {
  /// One sentence without a full stop.
  let message: String
  let help: [String]

  init(_ message: String, help: [String] = []) {
    self.message = message
    self.help = help
  }
}
