import Diagnostics
import Platform
import YAML

/// The files of a set, read, with their secrets masked.
struct ManifestFiles {
  private(set) var files: [ExaminedFile] = []
  /// The folders among the given paths, without a slash at the end; `.` for the current one.
  private(set) var folders: [String] = []
  private let sink: DiagnosticSink

  /// Real manifests are far smaller; the YAML parser refuses files over 1 MiB with a diagnostic of its own.
  private static let maximumBytes = 64 << 20

  init(_ paths: [String], fileSystem: some FileSystem, sink: DiagnosticSink) {
    self.sink = sink
    var found: Set<String> = []
    for path in paths { collect(path, fileSystem: fileSystem, found: &found) }
    let contents = found.sorted().compactMap { path in read(path, fileSystem) }
    files = [ExaminedFile](contents, sink.names)
    for file in files { file.reportSecrets(to: sink) }
    if files.isEmpty, sink.isSound() {
      sink.error(
        .noManifests, "no manifests in \(paths.map { "`\($0)`" }.joined(separator: ", "))",
        at: nil, help: "arctl reads *.yaml and *.yml files")
    }
  }

  private mutating func collect(
    _ path: String, fileSystem: some FileSystem, found: inout Set<String>
  ) {
    let clean = Self.normal(path)
    do throws(FileError) {
      guard let status = try fileSystem.status(of: clean) else {
        sink.report(
          Diagnostic(
            .noManifests, "nothing at `\(path)`",
            help: MissingPath(path: clean, fileSystem: fileSystem).help))
        return
      }
      guard status.kind == .folder else {
        found.insert(clean)
        return
      }
      folders.append(clean)
      let names = try fileSystem.files(under: clean).filter(Self.isManifest)
      if names.isEmpty {
        sink.error(
          .noManifests, "no *.yaml or *.yml file in `\(path)`", at: nil,
          help: clean == LoadOptions.defaultFolder ? MissingPath.initialize : "")
      }
      found.formUnion(names.map { clean == "." ? $0 : clean == "/" ? "/\($0)" : "\(clean)/\($0)" })
    } catch {
      sink.error(.unreadableFile, "cannot read `\(path)`: \(error.reason)", at: nil)
      sink.noteLostDocument()
    }
  }

  /// The content of a file; nil if it cannot be read, which is reported.
  private func read(
    _ path: String, _ fileSystem: some FileSystem
  ) -> (path: String, bytes: [UInt8])? {
    do throws(FileError) {
      return (path, try fileSystem.read(path, maximumBytes: Self.maximumBytes))
    } catch {
      sink.error(.unreadableFile, "cannot read `\(path)`: \(error.reason)", at: nil)
      sink.noteLostDocument()
      return nil
    }
  }

  /// The documents of all files, in order; problems with the YAML are reported.
  func documents() -> [YAMLNode] {
    files.flatMap { file -> [YAMLNode] in
      if let foreign = ForeignText(file, sink.kinds) {
        sink.report(foreign.diagnostic)
        sink.noteLostDocument()
        return []
      }
      let content = file.content(reportingTo: sink)
      let isLost = content.diagnostics.contains {
        $0.severity == .error && $0.code != .duplicateKey
      }
      if isLost || content.hasMerged { sink.noteLostDocument() }
      return file.documents(reportingTo: sink)
    }
  }

  private static func isManifest(_ name: String) -> Bool {
    name.hasSuffix(".yaml") || name.hasSuffix(".yml")
  }

  /// Without `./` in front, slashes at the end and doubled ones, so that a file given twice is one.
  private static func normal(_ path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    if path.hasPrefix("/") { return "/" + parts }
    return parts.isEmpty ? "." : parts
  }
}
