import Diagnostics
import Git
import Model
import Platform

/// Whether a run without `--since` may have missed lines that were removed from the manifests.
struct RemovedLines {
  let options: ManifestOptions
  let context: RunContext

  /// The note of a run whose manifests differ from those of the commit where the branch began; nil for the same ones, and
  /// where git cannot tell.
  func note() async -> Diagnostic? {
    do throws(GitError) {
      let repository = try await GitRepository(run: context.git)
      let reference = SinceReference(
        repository: repository, environment: context.environment, stack: nil)
      guard let commit = await reference.branchPoint(),
        try await differ(from: commit, repository)
      else { return nil }
      let head = try await repository.commit(of: "HEAD")
      let name = commit == head ? "HEAD" : SinceOptions.automatic
      return Diagnostic(
        .removedLinesUnseen, severity: .note,
        "the manifests differ from those of \(SinceReport.short(commit)), and removed lines were not looked at",
        help: ["--since \(name) shows what left the manifests and is still live"])
    } catch { return nil }
  }

  private func differ(
    from commit: String, _ repository: GitRepository
  ) async throws(GitError) -> Bool {
    let current = "\(repository.top)/\(repository.prefix)"
    var paths: [String] = []
    for path in options.readPaths {
      let whole = context.resolved(path)
      guard let inside = GitTree.relative(whole, current: current, top: repository.top) else {
        return false
      }
      paths.append(inside)
    }
    var tree = try await repository.tree(of: commit, below: paths, isNeeded: Self.isManifest)
    tree.current = current
    return options.readPaths.contains { path in
      Self.content(context.resolved(path), tree)
        != Self.content(context.resolved(path), context.files)
    }
  }

  /// The manifests at a path, by name.
  private static func content(_ path: String, _ files: any FileSystem) -> [String: [UInt8]] {
    let status = try? files.status(of: path)
    guard status?.kind == .folder else {
      return (try? files.read(path, maximumBytes: maximumBytes)).map { ["": $0] } ?? [:]
    }
    let names = ((try? files.files(under: path)) ?? []).filter(isManifest)
    return Dictionary(
      names.compactMap { name in
        (try? files.read("\(path)/\(name)", maximumBytes: maximumBytes)).map { (name, $0) }
      }, uniquingKeysWith: { $1 })
  }

  private static let maximumBytes = 64 << 20

  private static func isManifest(_ name: String) -> Bool {
    name.hasSuffix(".yaml") || name.hasSuffix(".yml")
  }
}
