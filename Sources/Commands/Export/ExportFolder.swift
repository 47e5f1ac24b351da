import Authoring
import Diagnostics
import Platform

/// The folder of `--out`: it takes files that this verb wrote and nobody edited, and mixes with no others.
struct ExportFolder {
  let path: String
  /// The verb whose files they are: `export`.
  let verb: String
  let reporter: Reporter

  private var mark: OwnMark { OwnMark(verb: verb) }
  private var files: any FileSystem { reporter.context.files }

  /// Writes all files. Nothing is replaced before everything was checked and is on disk under other names.
  func write(_ written: WrittenManifests) throws {
    do {
      try check(written)
      try files.makeFolders(path, permissions: 0o755)
      try replace(written)
    } catch let error as FileError {
      throw reporter.earlyExit(
        .unexpected, code: .fileKept,
        "cannot write `\(escapedForTerminal(error.path))`: \(error.reason); nothing was replaced")
    }
  }

  private func replace(_ written: WrittenManifests) throws {
    var pairs: [(new: String, name: String)] = []
    do {
      for file in written.files {
        // A hidden file is not read as a manifest.
        let new = "\(path)/.\(file.name).new"
        if try files.status(of: new, followingLinks: false) != nil { try files.remove(new) }
        pairs.append((new, "\(path)/\(file.name)"))
        try Array(mark.marked(file.text, name: file.name).utf8).withUnsafeBytes {
          try files.create(new, permissions: 0o644, content: $0)
        }
      }
    } catch {
      for pair in pairs { try? files.remove(pair.new) }
      throw error
    }
    for pair in pairs { try files.rename(pair.new, to: pair.name) }
    try files.synchronizeFolder(path)
  }

  /// Refuses to replace what it did not write, and to leave other manifests beside the new ones.
  private func check(_ written: WrittenManifests) throws {
    guard let status = try files.status(of: path) else { return }
    guard status.kind == .folder else {
      throw refusal(path, "is not a folder", "give another folder")
    }
    for file in written.files {
      let name = "\(path)/\(file.name)"
      guard let status = try files.status(of: name, followingLinks: false) else { continue }
      guard status.kind == .file, mark.isOwn(try content(of: name), name: file.name) else {
        throw refusal(
          name, "exists, and `arctl \(verb)` did not write it or it was edited since",
          "write to another folder, and compare the two")
      }
    }
    let names = Set(written.files.map(\.name))
    for name in try files.files(under: path) where !names.contains(name) {
      guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else { continue }
      let isOwn = mark.isOwn(try content(of: "\(path)/\(name)"), name: name)
      throw refusal(
        "\(path)/\(name)",
        isOwn
          ? "is of an earlier run with another result"
          : "is in the folder, and a run would read both",
        isOwn
          ? "remove it, or write to another folder"
          : "write to another folder, and move what you want")
    }
  }

  /// The content of a manifest; of a file that is too large to be one, nothing.
  private func content(of file: String) throws(FileError) -> [UInt8] {
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
