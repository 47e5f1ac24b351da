import Foundation
package import Git
import Platform
import Testing

/// A work tree in a temporary folder, which goes with it.
package final class GitWorkTree: Sendable {
  package let folder: String

  package init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "git-\(UUID().uuidString)")
      .path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try git("init", "--quiet", "--initial-branch=main")
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @discardableResult
  package func git(_ arguments: String..., in place: String? = nil) throws -> String {
    let identity = [
      "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false",
    ]
    let output = try ProgramOutput.of(
      "git", ["-C", place ?? folder] + identity + arguments, environment: .current,
      maximumBytes: 1 << 20)
    try #require(output.status == .exited(0), "\(String(decoding: output.errors, as: UTF8.self))")
    return String(decoding: output.output, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
  }

  package func write(_ path: String, _ text: String) throws {
    let url = URL(filePath: "\(folder)/\(path)")
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  package func commit(_ message: String = "x") throws -> String {
    try git("add", "--all")
    try git("commit", "--quiet", "--allow-empty", "-m", message)
    return try git("rev-parse", "HEAD")
  }

  package func opened(below path: String = "") async throws -> GitRepository {
    try await GitRepository(run: Self.runner(in: "\(folder)/\(path)"))
  }

  package static func runner(in folder: String) -> GitRepository.Run {
    { (arguments, input) throws(FileError) in
      try ProgramOutput.of(
        "git", ["-C", folder] + GitRepository.guarded + arguments,
        environment: GitRepository.environment(.current),
        input: input, maximumBytes: 1 << 28)
    }
  }
}
