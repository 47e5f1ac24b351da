import Diagnostics
import Git
import Platform

/// Finds the commit that `--since` means.
struct SinceReference {
  let repository: GitRepository
  let environment: ProcessEnvironment
  /// The name of the Stack document; nil if the set has none.
  let stack: String?

  /// The commit of a revision that the user names.
  func commit(_ reference: String) async throws(SinceProblem) -> String {
    let head = try await head()
    let commit = try await git { () async throws(GitError) in
      try await repository.commit(of: reference)
    } because: { error in
      guard error.reason == .unknownRevision else { return nil }
      let branch = reference.hasPrefix("origin/") ? String(reference.dropFirst(7)) : reference
      guard !branch.hasPrefix("-") else {
        return SinceProblem(
          message: "`--since \(escapedForTerminal(reference))`: git knows no such commit here")
      }
      let name = shellQuoted(branch)
      return SinceProblem(
        message: "`--since \(escapedForTerminal(reference))`: git knows no such commit here",
        help: ["fetch it first: git fetch origin \(name); a branch of the remote is origin/NAME"])
    }
    if try await isAncestor(commit, of: head) { return commit }
    throw SinceProblem(
      message:
        "`--since \(escapedForTerminal(reference))`: \(short(commit)) is not an ancestor of HEAD, so what the manifests "
        + "lack since then may never have been in them",
      help: try await isShallow()
        ? [Self.unshallow]
        : [
          "compare with the point where the branch began: --since \"$(git merge-base HEAD \(shellQuoted(reference)))\""
        ])
  }

  /// The commit of the last apply, or the point where the branch began.
  func automatic() async throws(SinceProblem) -> String {
    let head = try await head()
    let isShallow = try await isShallow()
    var hasAppliedRef = false
    for name in appliedRefs {
      guard let commit = try await known(name) else { continue }
      hasAppliedRef = true
      if try await isAncestor(commit, of: head) { return commit }
      guard !isShallow else {
        throw SinceProblem(
          message: "`\(name)` says what was applied last, and is not in the history of this clone",
          help: [Self.unshallow])
      }
    }
    let branch = try await defaultBranch()
    let bases = try await git { () async throws(GitError) in
      try await repository.mergeBases(branch.commit, head)
    }
    guard let base = bases.first, bases.count == 1 else {
      throw SinceProblem(
        message: bases.isEmpty
          ? "HEAD and `\(branch.name)` have no common commit in this clone"
          : "HEAD and `\(branch.name)` have several common commits that are equally near",
        help: bases.isEmpty && isShallow
          ? [Self.unshallow] : ["name the commit: --since COMMIT"])
    }
    guard base != head else {
      throw nothingToCompare(branch.name, hasAppliedRef: hasAppliedRef, isShallow: isShallow)
    }
    return base
  }

  /// HEAD is where the branch began, so only a ref could say what was there before.
  private func nothingToCompare(
    _ branch: String, hasAppliedRef: Bool, isShallow: Bool
  ) -> SinceProblem {
    guard !hasAppliedRef else {
      return SinceProblem(
        message: "HEAD is on `\(branch)`, and what was applied last is not in its history",
        help: ["name the commit to compare with: --since COMMIT"])
    }
    guard stack != nil else {
      return SinceProblem(
        message: "HEAD is on `\(branch)`, and no ref says what was applied last",
        help: [
          "name the commit that was applied last: --since COMMIT; with a Stack document, a ref can remember it"
        ], isFirstRun: !isShallow)
    }
    return SinceProblem(
      message: "HEAD is on `\(branch)`, and no ref says what was applied last",
      help: [
        "after an apply with exit 0: git push origin HEAD:\(appliedRefs[0]); before the next one: "
          + "git fetch origin '+refs/arctl/*:refs/arctl/*'"
      ], isFirstRun: !isShallow)
  }

  /// The point where the branch began; nil if the clone does not show it.
  func branchPoint() async -> String? {
    do throws(SinceProblem) {
      let head = try await head()
      let branch = try await defaultBranch()
      let bases = try await git { () async throws(GitError) in
        try await repository.mergeBases(branch.commit, head)
      }
      return bases.count == 1 ? bases[0] : nil
    } catch { return nil }
  }

  private static let unshallow =
    "the clone is shallow: fetch the history with `git fetch --unshallow`, or, in GitHub Actions, `fetch-depth: 0`"

  private var appliedRefs: [String] {
    guard let stack else { return [] }
    return ["refs/arctl/applied/\(stack)", "refs/remotes/origin/arctl/applied/\(stack)"]
  }

  private func head() async throws(SinceProblem) -> String {
    try await git { () async throws(GitError) in
      try await repository.commit(of: "HEAD")
    } because: { error in
      error.reason == .unknownRevision
        ? SinceProblem(message: "the repository has no commit yet") : nil
    }
  }

  /// The branch into which this one goes: by the variables of CI systems, then by the remote, then by name.
  private func defaultBranch() async throws(SinceProblem) -> (name: String, commit: String) {
    for variable in Self.variables {
      guard let branch = environment[variable], !branch.isEmpty else { continue }
      let name = "refs/remotes/origin/\(branch)"
      guard let commit = try await known(name) else {
        throw SinceProblem(
          message:
            "\(variable) names the branch `\(escapedForTerminal(branch))`, which is not in this clone",
          help: ["fetch it: git fetch origin \(shellQuoted(branch))"])
      }
      return ("origin/\(branch)", commit)
    }
    for name in ["origin/HEAD", "origin/main", "origin/master"] {
      if let commit = try await known("refs/remotes/\(name)") { return (name, commit) }
    }
    for name in ["main", "master"] {
      if let commit = try await known("refs/heads/\(name)") { return (name, commit) }
    }
    throw SinceProblem(
      message:
        "no default branch is known: there is no origin/HEAD, origin/main, origin/master or main",
      help: ["name the commit: --since COMMIT"])
  }

  /// The branch that a change goes into, and the default branch, as GitHub Actions and GitLab CI name them.
  static let variables = [
    "GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "CI_DEFAULT_BRANCH",
  ]

  private func known(_ name: String) async throws(SinceProblem) -> String? {
    do throws(GitError) {
      return try await repository.commit(of: name)
    } catch {
      if error.reason == .unknownRevision { return nil }
      throw SinceProblem(error)
    }
  }

  private func isAncestor(_ one: String, of other: String) async throws(SinceProblem) -> Bool {
    try await git { () async throws(GitError) in
      try await repository.isAncestor(one, of: other)
    }
  }

  private func isShallow() async throws(SinceProblem) -> Bool {
    try await git { () async throws(GitError) in try await repository.isShallow() }
  }

  private func short(_ commit: String) -> String { String(commit.prefix(12)) }

  private func git<Value: Sendable>(
    _ body: () async throws(GitError) -> Value,
    because explain: (GitError) -> SinceProblem? = { _ in nil }
  ) async throws(SinceProblem) -> Value {
    do throws(GitError) { return try await body() } catch {
      throw explain(error) ?? SinceProblem(error)
    }
  }
}

extension SinceProblem {
  /// A problem with git or the repository.
  init(_ error: GitError) {
    let help: [String] =
      switch error.reason {
      case .notRunnable: ["install git, or leave out --since"]
      case .noWorkTree: ["--since compares with a commit: run arctl in a clone of the manifests"]
      case .notOwned:
        [
          "if you trust the repository: git config --global --add safe.directory \"$PWD\" (its top folder)"
        ]
      case .unreadable:
        [
          "in a partial clone, fetch the files first: git fetch --refetch, or clone without --filter"
        ]
      case .unknownRevision: []
      }
    self.init(message: error.message, help: help)
  }
}
