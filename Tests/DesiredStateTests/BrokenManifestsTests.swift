import DesiredState
import Diagnostics
import Foundation
import Manifests
import Platform
import TestSupport
import Testing

/// Every file of Fixtures/broken lists its problems in its first lines, and has no others.
@Suite struct BrokenManifestsTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Fixtures/broken").standardized.path()

  static let files: [String] =
    (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []

  @Test func coversTheWholeList() { #expect(Self.files.count >= 40) }

  @Test(arguments: files) func errorsStandWhereTheFileSays(_ name: String) throws {
    let path = "\(Self.folder)/\(name)"
    let bytes = try Data(contentsOf: URL(filePath: path))
    let expected = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .prefix { $0.hasPrefix("# expect: ") }
      .map { line -> Found in
        let words = line.split { $0 == " " || $0 == ":" }
        return Found(String(words[2]), Int(words[3]) ?? 0, Int(words[4]) ?? 0)
      }
    let result = loadManifests(
      LoadOptions(paths: [path]), kinds: .google, fileSystem: LocalFileSystem(), now: Loading.now)
    let errors = result.diagnostics.filter { $0.severity == .error }
    #expect(
      errors.map { Found($0) }.sorted() == expected.sorted(),
      "\(Unsound(diagnostics: errors))")
    #expect(!expected.isEmpty)
    #expect(result.graph == nil)
    #expect(result.steps < 100_000 + 50 * bytes.count)
  }

  @Test(arguments: ["private-key", "access-token", "key-file"])
  func secretsAreNeverPrinted(_ name: String) throws {
    let path = "\(Self.folder)/\(name).yaml"
    let result = loadManifests(
      LoadOptions(paths: [path]), kinds: .google, fileSystem: LocalFileSystem(), now: Loading.now)
    let shown =
      "\(result.diagnostics)"
      + (1...40).compactMap { result.sourceLine(path, $0) }.joined(separator: "\n")
    for secret in ["MIIEvQ", "BEGIN PRIVATE", "a0AfH6SM", "nope"] {
      #expect(!shown.contains(secret))
    }
  }
}
