import Authoring
import Diagnostics
import Platform

/// The folder of `--out`: it takes files that this verb wrote and nobody edited, and replaces no other one.
struct ExportFolder {
  let path: String
  /// The verb whose files they are: `export`.
  let verb: String
  let reporter: Reporter

  private var mark: OwnMark { OwnMark(verb: verb) }
  private var files: any FileSystem { reporter.context.files }

  /// Writes all files, or none. Returns the names of other manifests in the folder, which a run reads together with them.
  func write(_ written: WrittenManifests) throws -> [String] {
    do {
      let others = try check(written)
      try files.makeFolders(path, permissions: 0o755)
      for file in written.files {
        let name = "\(path)/\(file.name)"
        try files.writeAtomically(
          Array(mark.marked(file.text, name: file.name).utf8), to: name, permissions: 0o644)
      }
      return others
    } catch let error as FileError {
      throw reporter.earlyExit(
        .unexpected, code: .fileKept,
        "cannot write `\(escapedForTerminal(error.path))`: \(error.reason)")
    }
  }

  /// Refuses to replace what it did not write, and to leave files of another export beside the new ones.
  private func check(_ written: WrittenManifests) throws -> [String] {
    guard let status = try files.status(of: path) else { return [] }
    guard status.kind == .folder else {
      throw refusal(path, "is not a folder", "give another folder")
    }
    var others: [String] = []
    let names = Set(written.files.map(\.name))
    for name in try files.files(under: path) {
      let isOwn = mark.isOwn(try content(of: name), name: name)
      if names.contains(name) {
        guard isOwn else {
          throw refusal(
            "\(path)/\(name)",
            "exists, and `arctl \(verb)` did not write it or it was edited since",
            "write to another folder, and compare the two")
        }
      } else if isOwn {
        throw refusal(
          "\(path)/\(name)",
          "is of an earlier run with another result, and would be read together with this one",
          "remove it, or write to another folder")
      } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        others.append(name)
      }
    }
    return others
  }

  /// The content of a manifest; of a file that is too large to be one, nothing.
  private func content(of name: String) throws(FileError) -> [UInt8] {
    let file = "\(path)/\(name)"
    guard let status = try files.status(of: file, followingLinks: false), status.kind == .file,
      status.size <= 64 << 20
    else { return [] }
    return try files.read(file, maximumBytes: 64 << 20)
  }

  private func refusal(_ path: String, _ reason: String, _ help: String) -> EarlyExit {
    reporter.earlyExit(
      .refused, code: .fileKept, "`\(escapedForTerminal(path))` \(reason); nothing was written",
      help: [help])
  }
}
