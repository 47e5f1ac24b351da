import Diagnostics
import Platform

/// What to type if there is nothing at the path of the manifests: the files that are there, or the command that writes
/// one.
struct MissingPath {
  let path: String
  let fileSystem: any FileSystem

  static let initialize = "`arctl init` writes a first manifest"

  /// One or two lines of help.
  var help: [String] {
    if path != LoadOptions.defaultFolder {
      let (folder, name) = LocalFileSystem.split(path)
      if let near = closest(to: name, in: names(folder)) {
        return ["did you mean `\(folder == "." ? near : "\(folder)/\(near)")`?"]
      }
    }
    let here = manifests(in: ".")
    if here.count == 1 { return ["there is `\(here[0])` here: arctl plan \(quoted(here[0]))"] }
    if here.count > 1 { return ["there are \(here.count) manifest files here: arctl plan ."] }
    let folders = names(".").filter { !$0.hasPrefix(".") && isFolder($0) }.sorted()
    let found = folders.prefix(Self.maximumFolders).filter { !manifests(in: $0).isEmpty }
    if let first = found.first {
      let more = found.count > 1 ? " (and in \(found.count - 1) other folders)" : ""
      return ["there are manifests in `\(first)`\(more): arctl plan \(quoted(first))"]
    }
    if isFolder("../\(LoadOptions.defaultFolder)") {
      return ["the folder above has them: arctl plan ../\(LoadOptions.defaultFolder)"]
    }
    return [
      Self.initialize, "or give the manifests' files or folders; the default is `manifests`",
    ]
  }

  /// So many folders, files of each and bytes of a file are looked at.
  private static let maximumFolders = 50
  private static let maximumFiles = 50
  private static let maximumBytes = 1 << 20

  private func names(_ folder: String) -> [String] { (try? fileSystem.names(in: folder)) ?? [] }

  private func isFolder(_ path: String) -> Bool {
    (try? fileSystem.status(of: path))?.kind == .folder
  }

  /// The files of a folder that mention the language of arctl.
  private func manifests(in folder: String) -> [String] {
    names(folder).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()
      .prefix(Self.maximumFiles).filter { name in
        let path = folder == "." ? name : "\(folder)/\(name)"
        guard let bytes = try? fileSystem.read(path, maximumBytes: Self.maximumBytes) else {
          return false
        }
        return String(decoding: bytes, as: UTF8.self).contains("apiVersion: \(Document.apiVersion)")
      }
  }

  private func closest(to name: String, in names: [String]) -> String? {
    closestMatch(to: name, in: names.filter { !$0.hasPrefix(".") })
  }

  private func quoted(_ path: String) -> String { shellQuoted(path) }
}
