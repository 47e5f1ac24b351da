import CommandLine
import Diagnostics
import Foundation
import Git
import Platform
import TestSupport
import Testing

@testable import Commands

/// The approvals file in the work tree and in git.
@Suite struct ApprovalsFileTests {
  private static func text(_ digest: String, expires: String = "2999-01-31") -> String {
    """
    apiVersion: arctl.dev/v1
    kind: Approvals
    entries:
    - {guard: allow-delete, address: p-one/role/x, digest: \(digest), expires: \(expires)}

    """
  }

  private func file(_ arguments: String...) throws -> ApprovalsFile {
    let parsed = try CommandTable.plan.parse(arguments, environment: [:], prefix: "ARCTL_")
    return try #require(try ApprovalsFile(parsed))
  }

  /// A repository on disk, and the seams of a run in it.
  private struct Repository {
    let tree: GitWorkTree
    /// Without links, as git names it.
    let folder: String

    init() throws {
      tree = try GitWorkTree()
      folder = URL(filePath: tree.folder).resolvingSymlinksInPath().path()
        .replacing(/\/$/, with: "")
      try tree.write("manifests/empty", "")
    }

    func commit(_ text: String) throws {
      try tree.write("approvals.yaml", text)
      _ = try tree.commit()
    }

    func reporter() throws -> Reporter {
      var context = TestContext().seams()
      context.files = LocalFileSystem()
      context.resolved = { URL(filePath: $0).resolvingSymlinksInPath().path() }
      context.git = GitWorkTree.runner(in: folder)
      let options = try CommandTable.plan.parse([], environment: [:], prefix: "ARCTL_")
      return Reporter(context, try OutputOptions(options))
    }
  }

  @Test func itIsReadAtTheRevision() async throws {
    let work = try Repository()
    try work.commit(Self.text("1111111111111111"))
    try work.tree.git("branch", "protected")
    try work.commit(Self.text("2222222222222222"))
    let path = "\(work.folder)/approvals.yaml"
    let manifests = ["\(work.folder)/manifests"]
    let reporter = try work.reporter()
    let present = try await file("--approvals", path).load(reporter, manifests: manifests)
    #expect(present.entries.map(\.digest) == ["2222222222222222"])
    let merged = try await file("--approvals", path, "--approvals-from", "protected")
      .load(reporter, manifests: manifests)
    #expect(merged.entries.map(\.digest) == ["1111111111111111"])
    #expect(merged.entries[0].source.file.hasSuffix(":approvals.yaml"))
    // What the commit does not have approves nothing.
    let other = try await file(
      "--approvals", "\(work.folder)/other.yaml", "--approvals-from", "main"
    )
    .load(reporter, manifests: manifests)
    #expect(other.entries.isEmpty)
    #expect(other.diagnostics.map(\.code) == [.approvalUnused])
  }

  @Test(arguments: ["nowhere", "--exec=x", "-x", "main:approvals.yaml", " "])
  func anUnknownRevisionIsAnError(_ revision: String) async throws {
    let work = try Repository()
    try work.commit(Self.text("1111111111111111"))
    let reporter = try work.reporter()
    let file = try file(
      "--approvals", "\(work.folder)/approvals.yaml", "--approvals-from=\(revision)")
    await #expect(throws: EarlyExit(.invalid)) { try await file.load(reporter, manifests: []) }
  }

  @Test func aLinkInGitIsNotFollowed() async throws {
    let work = try Repository()
    try work.commit(Self.text("1111111111111111"))
    try FileManager.default.createSymbolicLink(
      atPath: "\(work.folder)/link.yaml", withDestinationPath: "approvals.yaml")
    _ = try work.tree.commit()
    let reporter = try work.reporter()
    let file = try file("--approvals", "\(work.folder)/link.yaml", "--approvals-from", "main")
    await #expect(throws: EarlyExit(.invalid)) { try await file.load(reporter, manifests: []) }
  }

  /// By its own name, as a link that lies there, and as a link that leads there.
  @Test func itIsNotBelowTheManifests() async throws {
    let work = try Repository()
    let (folder, manifests) = (work.folder, "\(work.folder)/manifests")
    try Data(Self.text("1111111111111111").utf8).write(to: URL(filePath: "\(manifests)/a.yaml"))
    try work.commit(Self.text("2222222222222222"))
    let files = FileManager.default
    try files.createSymbolicLink(
      atPath: "\(folder)/out.yaml", withDestinationPath: "manifests/a.yaml")
    try files.createSymbolicLink(
      atPath: "\(manifests)/in.yaml", withDestinationPath: "../approvals.yaml")
    let reporter = try work.reporter()
    for path in ["\(manifests)/a.yaml", "\(folder)/out.yaml", "\(manifests)/in.yaml"] {
      let file = try file("--approvals", path)
      await #expect(throws: EarlyExit(.invalid)) {
        try await file.load(reporter, manifests: [manifests])
      }
      let single = try? await file.load(reporter, manifests: ["\(folder)/manifests-2"])
      #expect(single?.entries.count == 1)
    }
    let whole = try file("--approvals", "\(folder)/approvals.yaml")
    await #expect(throws: EarlyExit(.invalid)) {
      try await whole.load(reporter, manifests: [folder])
    }
    await #expect(throws: EarlyExit(.invalid)) {
      try await whole.load(reporter, manifests: ["\(folder)/approvals.yaml"])
    }
  }

  @Test func whatTheEarlierFileLacksIsNamed() async throws {
    let work = try Repository()
    try work.commit(Self.text("1111111111111111"))
    try work.commit(Self.text("2222222222222222"))
    let reporter = try work.reporter()
    let file = try file("--approvals", "\(work.folder)/approvals.yaml")
    let loaded = try await file.load(reporter, manifests: [], since: "HEAD~1")
    #expect(loaded.entries.count == 1)
    #expect(loaded.diagnostics.map(\.code) == [.selfApproval])
    #expect(try await file.load(reporter, manifests: [], since: "HEAD").diagnostics == [])
    // A later end is another approval, and a file with errors approved nothing.
    for earlier in [Self.text("2222222222222222", expires: "2998-01-31"), "{}"] {
      let copy = ApprovalsFile.Copy(name: "x", bytes: Array(earlier.utf8))
      #expect(ApprovalsFile.selfApprovals(loaded.entries, since: copy).count == 1)
    }
  }

  @Test func aRevisionNeedsAFile() {
    #expect(throws: UsageError.self) { try file("--approvals-from", "main") }
  }
}
