import DesiredState
import Diagnostics
import Git
import Kinds
import Manifests
import Model
import Platform
import Reconcile

/// Reads the manifests as they were at an earlier commit, from git's objects alone.
struct EarlierManifests {
  let options: ManifestOptions
  let context: RunContext
  let repository: GitRepository
  /// In full.
  let commit: String
  /// The resources that other stacks declare today: references may have named them.
  let elsewhere: [Address]

  /// The graph that they declared, and what of it could not be looked at.
  struct Loaded {
    var graph: DesiredGraph
    /// The names of the variables that the Stack declared.
    var variables: Set<String>
    var source: SourceText
  }

  func load() async throws(SinceProblem) -> Loaded {
    var load = options.loadOptions(context)
    let paths = try options.readPaths.map { path throws(SinceProblem) in
      (path, try relative(path, "the manifests in"))
    }
    let files = options.variableFiles.map { ($0, inside($0)) }
    var tree: GitTree
    do throws(GitError) {
      let wanted = Set(paths.map(\.1) + files.compactMap(\.1))
      tree = try await repository.tree(of: commit, below: Array(wanted)) { name in
        wanted.contains(name) || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
      }
    } catch { throw SinceProblem(error) }
    if let odd = tree.oddEntries.first {
      let what = odd.kind == .submodule ? "submodule" : "symbolic link"
      throw SinceProblem(
        message:
          "`\(escapedForTerminal(odd.path))` is a \(what) at \(short), and what it led to is not looked at",
        help: ["write the manifests' own folders, or compare with a commit without it"])
    }
    tree.label = short
    let present = paths.filter { tree.contains(labelled($0.1)) }
    if let missing = paths.first(where: { path in !present.contains { $0.1 == path.1 } }) {
      throw SinceProblem(
        message:
          "`\(escapedForTerminal(missing.0))` is not in \(short), so what was declared elsewhere then is not looked at",
        help: ["give a folder that holds the manifests of both commits, or a later commit"])
    }
    load.paths = present.map { labelled($0.1) }
    load.variableFiles = try variableFiles(files, &tree)
    load.permitsOtherVariables = true
    load.isEarlier = true
    load.elsewhere = elsewhere
    // What lies outside is left out of the comparison instead.
    load.projects = nil
    // At the beginning of time no `until` is past, so grants that have ended count as declared.
    let result = loadManifests(load, kinds: Kinds.catalog, fileSystem: tree, now: 0)
    guard let graph = result.graph else {
      let errors = result.diagnostics.filter { $0.severity == .error }
      throw SinceProblem(
        message: "the manifests at \(short) have errors: "
          + (errors.first?.message ?? "they cannot be read"),
        help: ["compare with a commit whose manifests are valid"], diagnostics: errors,
        source: result.sourceLine)
    }
    return Loaded(graph: graph, variables: result.variables, source: result.sourceLine)
  }

  private var short: String { SinceReport.short(commit) }

  private func labelled(_ path: String) -> String { "\(short):\(path.isEmpty ? "." : path)" }

  /// The variable files at the commit; one outside of the work tree is read as it is.
  private func variableFiles(
    _ files: [(given: String, inside: String?)], _ tree: inout GitTree
  ) throws(SinceProblem) -> [String] {
    var names: [String] = []
    for file in files {
      if let path = file.inside {
        guard tree.contains(labelled(path)) else {
          throw SinceProblem(
            message:
              "`--var-file \(escapedForTerminal(file.given))` is not in \(short), so the values that the manifests had then are not known",
            help: ["compare with a commit that has the file"])
        }
        names.append(labelled(path))
        continue
      }
      do throws(FileError) {
        tree.add(try context.files.read(file.given, maximumBytes: 4 << 20), at: file.given)
      } catch {
        throw SinceProblem(message: "cannot read `\(file.given)`: \(error.reason)")
      }
      names.append(file.given)
    }
    return names
  }

  /// The path below the top of the work tree; nil outside of it.
  private func inside(_ path: String) -> String? {
    GitTree.relative(
      context.resolved(path), current: "\(repository.top)/\(repository.prefix)",
      top: repository.top)
  }

  private func relative(_ path: String, _ what: String) throws(SinceProblem) -> String {
    guard let inside = inside(path) else {
      throw SinceProblem(
        message:
          "\(what) `\(escapedForTerminal(path))` are not in the git work tree `\(repository.top)`",
        help: ["run arctl in the repository of the manifests"])
    }
    return inside
  }
}
