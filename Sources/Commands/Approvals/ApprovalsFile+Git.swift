import Diagnostics
import Git
import Glibc
import Platform

extension ApprovalsFile {
  /// The file as git has it at a revision, read from git's objects alone.
  func copy(at reference: String, _ context: RunContext) async throws(ApprovalsProblem) -> Copy {
    let repository: GitRepository
    let commit: String
    do throws(GitError) {
      repository = try await GitRepository(run: context.git)
      commit = try await repository.commit(of: reference)
    } catch { throw Self.problem(error, reference) }
    let (parent, name) = LocalFileSystem.split(path)
    let inside = GitTree.relative(
      "\(context.resolved(parent))/\(name)",
      current: "\(repository.top)/\(repository.prefix)", top: repository.top)
    guard let inside, !inside.isEmpty else {
      throw ApprovalsProblem(
        "the approvals file `\(path)` is not in the git work tree `\(repository.top)`",
        help: ["run arctl in the repository of the file"])
    }
    let short = commit.prefix(12)
    let tree: GitTree
    do throws(GitError) {
      tree = try await repository.tree(of: commit, below: [inside]) { $0 == inside }
    } catch { throw Self.problem(error, reference) }
    guard tree.oddEntries.isEmpty else {
      throw ApprovalsProblem(
        "`\(inside)` is not a file at \(short), but a link or a submodule",
        help: ["commit the file itself"])
    }
    let place = "\(repository.top)/\(inside)"
    do throws(FileError) {
      guard let status = try tree.status(of: place, followingLinks: false) else {
        return Copy(name: "\(short):\(inside)")
      }
      guard status.kind == .file else {
        throw FileError(path: inside, code: EISDIR, call: "read")
      }
      return Copy(
        name: "\(short):\(inside)",
        bytes: try tree.read(place, maximumBytes: Self.maximumBytes))
    } catch {
      throw ApprovalsProblem("cannot read `\(inside)` at \(short): \(error.reason)")
    }
  }

  private static func problem(_ error: GitError, _ reference: String) -> ApprovalsProblem {
    let help: [String] =
      error.reason == .unknownRevision
      ? ["fetch it first: git fetch origin; a branch of the remote is origin/NAME"] : []
    return ApprovalsProblem(
      "`--approvals-from \(escapedForTerminal(reference))`: \(error.message)", help: help)
  }
}
