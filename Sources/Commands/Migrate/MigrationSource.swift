import Diagnostics
import Kinds
import Migration
import Platform

/// Reads what a migration converts: a file, a folder, or standard input.
struct MigrationSource: Sendable {
  /// The tool whose files they are.
  enum Tool: String, Sendable, Hashable, CaseIterable {
    case terraform
    case connector = "config-connector"
  }

  let tool: Tool
  /// As the user named it; `-`: standard input.
  let path: String
  let context: RunContext

  /// What to call it in messages.
  var name: String { path == "-" ? "standard input" : path }

  func conversion() throws(MigrationError) -> Conversion {
    switch tool {
    case .terraform:
      return try TerraformMigration.read(try bytes(), named: path, kinds: Kinds.catalog)
    case .connector:
      return ConnectorMigration.read(try files(), kinds: Kinds.catalog)
    }
  }

  private static let maximumBytes = TerraformMigration.maximumBytes

  /// The bytes of one file, or of standard input.
  private func bytes() throws(MigrationError) -> [UInt8] {
    if path == "-" {
      return try reading { () throws(FileError) in try context.readInput(Self.maximumBytes) }
    }
    switch try reading({ () throws(FileError) in try context.files.status(of: path)?.kind }) {
    case nil: throw missing
    case .folder?: throw folder
    case .other?: throw pipe
    case .file?, .symbolicLink?: return try bytes(of: path)
    }
  }

  private func bytes(of file: String) throws(MigrationError) -> [UInt8] {
    try reading { () throws(FileError) in
      try context.files.read(file, maximumBytes: Self.maximumBytes)
    }
  }

  private func reading<Value>(
    _ body: () throws(FileError) -> Value
  ) throws(MigrationError) -> Value {
    do throws(FileError) { return try body() } catch { throw unreadable(error) }
  }

  private var missing: MigrationError {
    MigrationError(
      "nothing at `\(escapedForTerminal(path))`",
      help: tool == .terraform ? [TerraformMigration.stateCommand] : [])
  }

  private var folder: MigrationError {
    MigrationError(
      "`\(escapedForTerminal(path))` is a folder; arctl reads one state",
      help: [
        "run `terraform -chdir=\(shellQuoted(path)) show -json | arctl migrate terraform -`"
      ])
  }

  private var pipe: MigrationError {
    MigrationError(
      "`\(escapedForTerminal(path))` is not a regular file",
      help: ["write `-` to read standard input: `... | arctl migrate \(tool.rawValue) -`"])
  }

  private func unreadable(_ error: FileError) -> MigrationError {
    // EFBIG: the file is larger than the limit.
    error.code == 27
      ? MigrationError(
        "\(escapedForTerminal(name)) is too large: at most \(Self.maximumBytes >> 20) MiB are read",
        help: ["convert one workspace, or one folder, at a time"])
      : MigrationError("cannot read \(escapedForTerminal(name)): \(error.reason)")
  }

  /// The YAML files of a folder, or the one file.
  private func files() throws(MigrationError) -> [ConnectorFile] {
    guard path != "-", isFolder else { return [ConnectorFile(path: name, bytes: try bytes())] }
    let names = try reading { () throws(FileError) in try context.files.files(under: path) }
      .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
    guard !names.isEmpty else {
      throw MigrationError("there is no *.yaml or *.yml file in `\(escapedForTerminal(path))`")
    }
    let folder = path.hasSuffix("/") ? path : "\(path)/"
    var files: [ConnectorFile] = []
    for name in names {
      let file = folder == "./" ? name : folder + name
      files.append(ConnectorFile(path: file, bytes: try bytes(of: file)))
    }
    return files
  }

  private var isFolder: Bool { (try? context.files.status(of: path))??.kind == .folder }
}
