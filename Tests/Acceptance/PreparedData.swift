import Foundation
import Glibc

/// The data of a sandbox that has run once, which every story starts with: generating its two private keys takes half a
/// second.
enum PreparedData {
  /// The files of a new sandbox: its state, with the owner and the owner's project.
  private static let files = Result { try make() }

  private static func make() throws -> [String: Data] {
    let root = FileManager.default.temporaryDirectory.appending(path: "arctl-prepared-\(UUID())")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    let data = root.appending(path: "data")
    let process = try Subprocess(
      StoryRun.binaries.appending(path: "arctl-sandbox").path,
      ["--data", data.path, "--port", "0"],
      folder: root.path, environment: [:], output: root.appending(path: "output").path)
    let isReady = poll { process.output.contains("\n") || process.hasEnded() }
    process.kill(SIGTERM)
    guard isReady, try process.wait() == .exit(0) else {
      throw StoryFailure("cannot prepare the data\n\(process.output)\(process.errors)")
    }
    return try ["owner.json", "sandbox.db", "system-key.pem"].reduce(into: [:]) { files, name in
      files[name] = try Data(contentsOf: data.appending(path: name))
    }
  }

  /// Copies the files to a new folder, with the permissions that a sandbox sets.
  static func copy(to folder: String) throws {
    let files = try files.get()
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    for (name, data) in files {
      let url = URL(filePath: "\(folder)/\(name)")
      try data.write(to: url)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: url.path)
    }
  }
}
