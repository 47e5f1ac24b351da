import Foundation
import Platform
import TestSupport
import Testing

@testable import Git

/// Repositories on disk, read by the real git.
@Suite struct GitRepositoryTests {
  private func text(_ tree: GitTree, _ path: String) throws -> String {
    String(decoding: try tree.read(path, maximumBytes: 1 << 20), as: UTF8.self)
  }

  @Test func readsTheFilesOfACommit() async throws {
    let work = try GitWorkTree()
    try work.write("m/a.yaml", "one")
    try work.write("m/sub/b.yaml", "two\n")
    try work.write("other/c.yaml", "three")
    let old = try work.commit()
    try work.write("m/a.yaml", "changed")
    _ = try work.commit()
    let repository = try await work.opened(below: "m")
    #expect(repository.prefix == "m/")
    #expect(try await repository.commit(of: "HEAD~1") == old)
    let tree = try await repository.tree(of: old, below: ["m"]) { _ in true }
    #expect(try text(tree, "m/a.yaml") == "one")
    #expect(try text(tree, "\(work.folder)/m/sub/../sub/b.yaml") == "two\n")
    #expect(try tree.files(under: "m") == ["a.yaml", "sub/b.yaml"])
    #expect(try tree.status(of: "other") == nil)
    #expect(throws: FileError.self) { try tree.read("m/none.yaml", maximumBytes: 1) }
    #expect(throws: FileError.self) { try tree.makeFolder("m/x", permissions: 0o700) }
  }

  /// More than one batch, with every byte.
  @Test func readsManyFilesOfAnyContent() async throws {
    let work = try GitWorkTree()
    let odd = String(decoding: 0...127 as ClosedRange<UInt8>, as: UTF8.self)
    for number in 0..<1203 { try work.write("m/\(number).yaml", "\(odd)\(number)") }
    let commit = try work.commit()
    let tree = try await work.opened().tree(of: commit, below: ["m"]) { _ in true }
    for number in 0..<1203 { #expect(try text(tree, "m/\(number).yaml") == "\(odd)\(number)") }
  }

  @Test func knowsAncestors() async throws {
    let work = try GitWorkTree()
    let base = try work.commit()
    try work.git("branch", "side")
    let main = try work.commit("main")
    try work.git("switch", "--quiet", "side")
    let side = try work.commit("side")
    let repository = try await work.opened()
    #expect(try await repository.mergeBases(main, side) == [base])
    #expect(try await repository.isAncestor(base, of: main))
    #expect(try await repository.isAncestor(main, of: main))
    #expect(try await !repository.isAncestor(side, of: main))
    #expect(try await !repository.isAncestor(main, of: base))
  }

  @Test(arguments: [
    "-x", "--all", "main:m", "none", "", "HEAD\nmain", "@{upstream}", "--git-dir", ":/x",
  ])
  func aRevisionThatIsNoneIsAnError(_ revision: String) async throws {
    let work = try GitWorkTree()
    _ = try work.commit()
    let repository = try await work.opened()
    await #expect(throws: GitError.self) { try await repository.commit(of: revision) }
  }

  /// A branch with such a name can only be made by hand.
  @Test func aBranchThatLooksLikeAnOptionIsABranch() async throws {
    let work = try GitWorkTree()
    let commit = try work.commit()
    try work.write(".git/refs/heads/-x", commit + "\n")
    #expect(try await work.opened().commit(of: "-x") == commit)
  }

  @Test func withoutAWorkTreeItIsAnError() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "none-\(UUID().uuidString)")
      .path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect { try await GitRepository(run: GitWorkTree.runner(in: folder)) } throws: {
      ($0 as? GitError)?.reason == .noWorkTree
    }
    await #expect {
      try await GitRepository { (_, _) throws(FileError) in
        throw FileError(path: "git", code: 2, call: "posix_spawn")
      }
    } throws: { ($0 as? GitError)?.reason == .notRunnable }
  }

  @Test func linksAndSubmodulesAreNamed() async throws {
    let work = try GitWorkTree()
    try work.write("m/a.yaml", "a")
    try FileManager.default.createSymbolicLink(
      atPath: "\(work.folder)/m/b.yaml", withDestinationPath: "/etc/passwd")
    _ = try work.commit()
    let commit = try work.git("rev-parse", "HEAD")
    try work.git("update-index", "--add", "--cacheinfo", "160000,\(commit),m/sub")
    try work.git("commit", "--quiet", "-m", "sub")
    let repository = try await work.opened()
    let head = try await repository.commit(of: "HEAD")
    let tree = try await repository.tree(of: head, below: ["m"]) { _ in true }
    #expect(tree.oddEntries.map(\.path) == ["m/b.yaml", "m/sub"])
    #expect(tree.oddEntries.map(\.kind) == [.symbolicLink, .submodule])
    #expect(try tree.files(under: "m") == ["a.yaml"])
  }

  /// A repository whose settings and attributes name programs: none of them runs.
  @Test func aHostileRepositoryRunsNothing() async throws {
    let work = try GitWorkTree()
    let trace = "\(work.folder)/ran"
    let program = "\(work.folder)/program.sh"
    try work.write("program.sh", "#!/bin/sh\necho \"$0 $*\" >> \(trace)\ncat\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    try work.write("m/a.yaml", "secret text")
    try work.write(".gitattributes", "* filter=evil diff=evil textconv=evil\n")
    let commit = try work.commit()
    for (name, value) in [
      ("core.fsmonitor", program), ("core.pager", program), ("core.sshCommand", program),
      ("core.editor", program), ("core.askPass", program), ("filter.evil.smudge", program),
      ("filter.evil.clean", program), ("filter.evil.required", "true"),
      ("diff.evil.textconv", program),
      ("diff.external", program), ("alias.rev-parse", "!\(program)"),
      ("alias.cat-file", "!\(program)"),
      ("core.hooksPath", work.folder), ("gpg.program", program),
      ("remote.origin.uploadpack", program),
      ("credential.helper", program),
    ] { try work.git("config", name, value) }
    for hook in ["post-index-change", "post-checkout", "reference-transaction"] {
      try work.write(".git/hooks/\(hook)", "#!/bin/sh\necho \(hook) >> \(trace)\n")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: "\(work.folder)/.git/hooks/\(hook)")
    }
    let repository = try await work.opened()
    #expect(try await repository.commit(of: "HEAD") == commit)
    let tree = try await repository.tree(of: commit, below: [""]) { _ in true }
    #expect(try text(tree, "m/a.yaml") == "secret text")
    #expect(try await repository.mergeBases(commit, commit) == [commit])
    #expect(!FileManager.default.fileExists(atPath: trace))
  }

  /// What a partial clone lacks is an error, and is not fetched.
  @Test func aPartialCloneFetchesNothing() async throws {
    let source = try GitWorkTree()
    try source.git("config", "uploadpack.allowFilter", "true")
    try source.write("m/a.yaml", "old")
    let old = try source.commit()
    try source.write("m/a.yaml", "new")
    _ = try source.commit()
    let clone = try GitWorkTree()
    try clone.git(
      "clone", "--quiet", "--filter=blob:none", "--no-local", "file://\(source.folder)", "part")
    let part = "\(clone.folder)/part"
    let before = try clone.git("count-objects", "-v", in: part)
    let repository = try await GitRepository(run: GitWorkTree.runner(in: part))
    await #expect { try await repository.tree(of: old, below: ["m"]) { _ in true } } throws: {
      ($0 as? GitError)?.reason == .unreadable
    }
    #expect(try clone.git("count-objects", "-v", in: part) == before)
  }

  @Test func aShallowCloneKnowsNoAncestor() async throws {
    let source = try GitWorkTree()
    let old = try source.commit()
    _ = try source.commit()
    let clone = try GitWorkTree()
    try clone.git("clone", "--quiet", "--depth=1", "file://\(source.folder)", "part")
    let repository = try await GitRepository(run: GitWorkTree.runner(in: "\(clone.folder)/part"))
    await #expect(throws: GitError.self) { try await repository.commit(of: old) }
    await #expect(throws: GitError.self) { try await repository.commit(of: "HEAD~1") }
  }

  @Test func variablesOfTheCallerDoNotMoveIt() {
    let environment = GitRepository.environment([
      "GIT_DIR": "/elsewhere", "GIT_CONFIG_COUNT": "1", "HOME": "/home/a", "PATH": "/usr/bin",
    ])
    #expect(environment["GIT_DIR"] == nil && environment["GIT_CONFIG_COUNT"] == nil)
    #expect(environment["HOME"] == "/home/a" && environment["GIT_ALLOW_PROTOCOL"] == "none")
  }

  @Test(
    arguments: [
      ("a/b.yaml", "/w/m", "m/a/b.yaml"), ("../x", "/w/m", "x"), ("/w/m/./x", "/w", "m/x"),
      ("../../x", "/w/m", nil), ("/wx/m", "/w", nil), ("", "/w/m", "m"), (".", "/w", ""),
    ] as [(String, String, String?)])
  func pathsAreBelowTheTop(_ path: String, _ current: String, _ expected: String?) {
    #expect(GitTree.relative(path, current: current, top: "/w") == expected)
  }
}
