import Git
import Platform
import TestSupport
import Testing

@testable import Commands

/// The commit that `--since` means, in repositories on disk.
@Suite struct SinceReferenceTests {
  private func reference(
    _ folder: String, stack: String? = "registry", _ variables: [String: String] = [:]
  ) async throws -> SinceReference {
    SinceReference(
      repository: try await GitRepository(run: GitWorkTree.runner(in: folder)),
      environment: ProcessEnvironment(variables), stack: stack)
  }

  private func problem(_ body: () async throws -> String) async throws -> SinceProblem {
    do {
      let commit = try await body()
      throw Unexpected(commit: commit)
    } catch let problem as SinceProblem { return problem }
  }

  private struct Unexpected: Error { var commit: String }

  @Test func theLastApplyComesFirst() async throws {
    let work = try GitWorkTree()
    let first = try work.commit()
    let second = try work.commit()
    _ = try work.commit()
    try work.git("update-ref", "refs/remotes/origin/arctl/applied/registry", first)
    #expect(try await reference(work.folder).automatic() == first)
    try work.git("update-ref", "refs/arctl/applied/registry", second)
    #expect(try await reference(work.folder).automatic() == second)
    // Another stack's ref is not this one's.
    let other = try await problem { try await reference(work.folder, stack: "other").automatic() }
    #expect(other.message == "HEAD is on `main`, and no ref says what was applied last")
  }

  /// What was applied on a branch that was never merged says nothing about this one.
  @Test func anAppliedRefThatIsNoAncestorDoesNotCount() async throws {
    let work = try GitWorkTree()
    let base = try work.commit()
    try work.git("checkout", "--quiet", "-b", "other")
    let other = try work.commit()
    try work.git("checkout", "--quiet", "-b", "topic", base)
    _ = try work.commit("topic")
    try work.git("update-ref", "refs/arctl/applied/registry", other)
    #expect(try await reference(work.folder).automatic() == base)
  }

  @Test(arguments: SinceReference.variables)
  func variablesOfCINameTheBranch(_ variable: String) async throws {
    let work = try GitWorkTree()
    let base = try work.commit()
    try work.git("update-ref", "refs/remotes/origin/release", base)
    let later = try work.commit("later")
    try work.git("update-ref", "refs/remotes/origin/main", later)
    try work.git("checkout", "--quiet", "-b", "topic")
    _ = try work.commit("topic")
    let named = try await reference(work.folder, [variable: "release"]).automatic()
    #expect(named == base)
    #expect(try await reference(work.folder).automatic() == later)
    let missing = try await problem {
      try await reference(work.folder, [variable: "gone"]).automatic()
    }
    #expect(missing.message == "\(variable) names the branch `gone`, which is not in this clone")
  }

  @Test func aShallowCloneSaysHowToFetch() async throws {
    let source = try GitWorkTree()
    _ = try source.commit("one")
    _ = try source.commit("two")
    try source.git("checkout", "--quiet", "-b", "topic")
    _ = try source.commit("three")
    try source.git("checkout", "--quiet", "main")
    let clone = try GitWorkTree()
    try clone.git(
      "-c", "protocol.file.allow=always", "clone", "--quiet", "--depth", "1", "--no-single-branch",
      "--branch", "topic",
      "file://\(source.folder)", "part")
    let part = "\(clone.folder)/part"
    let automatic = try await problem { try await reference(part).automatic() }
    #expect(automatic.help.contains { $0.contains("git fetch --unshallow") })
    let named = try await problem { try await reference(part).commit("origin/main") }
    #expect(named.message.contains("is not an ancestor of HEAD"))
    #expect(named.help.contains { $0.contains("git fetch --unshallow") })
  }

  @Test func severalEquallyNearCommitsAreNoAnswer() async throws {
    let work = try GitWorkTree()
    _ = try work.commit("base")
    try work.git("checkout", "--quiet", "-b", "topic")
    let one = try work.commit("one")
    try work.git("checkout", "--quiet", "main")
    let two = try work.commit("two")
    try work.git("merge", "--quiet", "--no-ff", "-m", "m", one)
    try work.git("checkout", "--quiet", "topic")
    try work.git("merge", "--quiet", "--no-ff", "-m", "m", two)
    let found = try await problem { try await reference(work.folder).automatic() }
    #expect(found.message.contains("several common commits"))
  }

  @Test func onlyAncestorsAreTaken() async throws {
    let work = try GitWorkTree()
    let base = try work.commit()
    try work.git("checkout", "--quiet", "-b", "-x".replacing("-", with: "side-"))
    let side = try work.commit("side")
    try work.git("checkout", "--quiet", "main")
    let head = try work.commit("head")
    let reference = try await reference(work.folder)
    #expect(try await reference.commit(base) == base)
    #expect(try await reference.commit("HEAD") == head)
    let refused = try await problem { try await reference.commit(side) }
    #expect(
      refused.help == [
        "compare with the point where the branch began: --since \"$(git merge-base HEAD \(side))\""
      ])
    for text in ["", "-x", "--output=x", "a\nb", "nothing"] {
      let unknown = try await problem { try await reference.commit(text) }
      #expect(unknown.message.contains("git knows no such commit here"), "\(text)")
    }
  }
}
