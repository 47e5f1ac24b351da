import Foundation
import JSON
import Testing

@testable import Kinds

/// The content equals that of `gcloud artifacts print-settings` 578.0.0, apart from the differences that are listed.
@Suite struct PrintSettingsTests {
  struct Capture: Sendable, CustomTestStringConvertible {
    let file: String
    let format: String
    let method: AuthMethod
    let tools: [String]
    /// Beginnings of lines that arctl does not print, with the reason.
    var differences: [String: String] = [:]
    var testDescription: String { file }
  }

  private static let noSecret = "arctl prints no secret: the client reads it when it runs"
  private static let scoped = "a registry without a scope would serve every package"
  private static let ignored = "npm 7 and later ignore it, with a warning"
  private static let plugin = "2.2.5 is the version in the plugin's own README"
  private static let oneIndex =
    "a second index beside PyPI needs --extra-index, and a user name for the keyring"

  static let captures = [
    Capture(
      file: "python-nokey", format: "PYTHON", method: .keyring, tools: ["pip", "twine"],
      differences: ["extra-index-url = https://us-central1": oneIndex]),
    Capture(
      file: "python-key", format: "PYTHON", method: .key, tools: ["pip", "twine"],
      differences: [
        "password: ey": noSecret, "[global]": "the variable replaces the file",
        "extra-index-url = https://_json_key_base64": noSecret,
      ]),
    Capture(
      file: "npm-nokey", format: "NPM", method: .env, tools: ["npm"],
      differences: ["registry=": scoped, "//us-central1-npm.pkg.dev/p/r-npm/:always-auth": ignored]),
    Capture(
      file: "npm-key", format: "NPM", method: .key, tools: ["npm"],
      differences: [
        "registry=": scoped, "//us-central1-npm.pkg.dev/p/r-npm/:always-auth": ignored,
        "//us-central1-npm.pkg.dev/p/r-npm/:_password": noSecret,
      ]),
    Capture(
      file: "mvn-nokey", format: "MAVEN", method: .keyring, tools: ["maven"],
      differences: ["<version>2.2.0": plugin]),
    Capture(
      file: "mvn-key", format: "MAVEN", method: .key, tools: ["maven"],
      differences: ["<password>ey": noSecret]),
    Capture(
      file: "gradle-nokey", format: "MAVEN", method: .keyring, tools: ["gradle"],
      differences: ["id \"com.google.cloud.artifactregistry": plugin]),
    Capture(
      file: "gradle-key", format: "MAVEN", method: .key, tools: ["gradle"],
      differences: [
        "def artifactRegistryMavenSecret": noSecret,
        "password = \"$artifactRegistryMavenSecret": noSecret,
      ]),
    Capture(
      file: "apt-rendered-default", format: "APT", method: .keyring, tools: ["apt"],
      differences: ["echo \"deb ": "arctl prints the file itself"]),
    Capture(
      file: "yum-rendered-default", format: "YUM", method: .keyring, tools: ["yum"],
      differences: [
        "sudo tee": "arctl prints the file itself", "EOF": "arctl prints the file itself",
      ]),
  ]

  @Test(arguments: captures)
  func contentIsEqual(_ capture: Capture) throws {
    let id = "r-\(try #require(capture.file.split(separator: "-").first))".replacing(
      "r-mvn", with: "r-maven"
    ).replacing("r-gradle", with: "r-maven")
    let address = try #require(
      RepositoryKind().read(
        reference: "projects/p/locations/us-central1/repositories/\(id)", project: "p"
      ).flatMap { if case .full(let address) = $0 { address } else { nil } })
    let place = try #require(
      RepositoryPlace(address, spec: ["format": .string(capture.format)]))
    let printed = try Set(
      capture.tools.flatMap { name in
        let tool = try #require(
          ClientTools.tools(for: capture.format).first { $0.name == name })
        return SettingsPage(
          SettingsRequest(tool: tool, method: capture.method, install: place, publish: place)
        ).items.flatMap { Self.lines($0.text) }
      })
    var unused = Set(capture.differences.keys)
    for line in Self.lines(try Self.text(capture.file)) where !printed.contains(line) {
      let known = capture.differences.keys.first { line.hasPrefix($0) }
      #expect(known != nil, "not printed: \(line)")
      if let known { unused.remove(known) }
    }
    #expect(unused.isEmpty, "these lines are printed, or are not in the capture")
  }

  /// Without indentation, empty lines and comments.
  private static func lines(_ text: String) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix("<!--") && !$0.hasPrefix("// ") }
  }

  private static func text(_ name: String) throws -> String {
    try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fixtures/print-settings/\(name).txt"), encoding: .utf8)
  }
}
