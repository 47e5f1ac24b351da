import DesiredState
import Diagnostics
import Manifests
import TestSupport
import Testing

/// Tokens are refused in every place, and texts that only resemble one are not.
@Suite struct SecretShapeTests {
  /// Assembled here, so that no repository scanner takes this file for a leak.
  static let secrets: [String] = [
    "ghp_" + many("a1B2", 9), "gho_" + many("a1B2", 9), "ghu_" + many("a1B2", 9),
    "ghs_" + many("a1B2", 9), "ghr_" + many("a1B2", 9),
    "github_pat_" + many("A1", 11) + "_" + many("b2", 29), "glpat-" + many("Ab-1", 5),
    "dckr_pat_" + many("Ab1", 9), "dckr_oat_" + many("Ab1-", 8),
    "pypi-AgEIcHlwaS5vcmc" + many("Ab1_", 20), "npm_" + many("a1B2", 9),
    "AKIA" + many("A1B2", 4), "ASIA" + many("A1B2", 4),
    "aws_secret_access_key = " + many("aB/1", 10), "secretAccessKey: " + many("aB+1", 10),
    "xoxb-" + many("123456789012-", 2) + "AbC", "xoxp-" + many("1234567890-", 3) + "ab",
    "xapp-1-A" + many("12345-", 4),
    "https://hooks.slack.com/" + "services/T0A1/B0B1/" + many("xY1", 8),
    "ya29." + many("a0Af", 10), "AIza" + many("Sy1-_", 7), "GOCSPX-" + many("aB1_", 7),
    "1//0g" + many("aB-1", 12), "arctlsbx." + many("ab1", 5),
    "https://bob:" + "hunter2@example.com/simple", "http://x:" + many("y", 40) + "@h",
    "eyJ" + many("hbGc", 4) + ".eyJ" + many("zdWI", 4) + "." + many("sig-", 6),
  ]

  static let harmless: [String] = [
    "npm_config_registry and npm_lifecycle_event are variables of npm",
    "ghp_short", "github_pat_", "dckr_pat_x",
    "pypi-all-the-libraries-of-our-many-teams-in-europe-and-asia",
    "AKIA", "AKIAIOSFODNN7", "XAKIA" + many("A1B2", 4), "AKIA" + many("A1B2", 4) + "LONGER",
    many("aB/1", 10), "xoxb-", "hooks.slack.com/services", "AIza1234", "GOCSPX-", "1//2 of it",
    "https://bob@example.com/simple", "https://example.com:8443/a@b", "ya29.x",
    "https://user:${password}@example.com", "principal://iam.googleapis.com/a:b@c",
    "eyJ.eyJ.x", "sha256:" + many("ab12", 16), "projects/p/secrets/npm_token/versions/1",
  ]

  private static func many(_ text: String, _ count: Int) -> String {
    String(repeating: text, count: count)
  }

  /// The part of it that must not be shown.
  private static func needle(_ secret: String) -> String {
    secret.contains("@")
      ? String(secret.prefix { $0 != "@" }.split(separator: ":").last ?? "")
      : String(secret.suffix(12))
  }

  private static func manifest(_ line: String, stack: String = "") -> String {
    """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: s}
    spec:
      defaults: {project: my-project-id, location: us}
    \(stack)
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: libs}
    spec:
      format: python
    \(line)
    """
  }

  /// Everything that a run prints after loading, where a secret could appear.
  private static func output(_ loading: Loading) -> (text: String, codes: [DiagnosticCode]) {
    let result = loading.run()
    let renderer = DiagnosticRenderer(source: result.sourceLine)
    let text = result.diagnostics.map { renderer.render($0) + $0.gitHubAnnotation + "\($0)" }
      .joined()
    let lines = loading.files.flatMap { file in
      (1...60).compactMap { result.sourceLine(file.path, $0) }
    }
    return (text + lines.joined(separator: "\n"), result.diagnostics.map(\.code))
  }

  @Test(arguments: secrets) func isRefusedEverywhere(_ secret: String) {
    let value = "a " + secret + " b"
    for line in [
      "  description: \(secret)", "  description: \"a (\(secret))\"", "  # \(secret)",
      "  labels: {\"\(secret)\": x}", "  unknown: [x, '\(secret)']",
      "  description: |\n    first\n    \(value)",
    ] {
      let (text, codes) = Self.output(Loading(Self.manifest(line)))
      #expect(codes.contains(.secretInManifest), "\(line)")
      #expect(!text.contains(Self.needle(secret)), "\(text)")
    }
  }

  @Test(arguments: secrets) func isRefusedAsAVariable(_ secret: String) {
    let stack = "  variables: {text: {}, half: {default: '-'}, kept: {default: '-'}}"
    let manifest = Self.manifest("  description: \"${text}${half}${kept}\"", stack: stack)
    var byFlag = Loading(manifest)
    byFlag.options.variables = ["text": secret]
    var byEnvironment = Loading(manifest)
    byEnvironment.options.environment = ["ARCTL_VAR_text": secret]
    var byFile = Loading(manifest)
    byFile.options.paths = ["/manifests/a.yaml"]
    byFile.files.append(("/manifests/values.yaml", "text: \"\(secret)\"\n"))
    byFile.options.variableFiles = ["/manifests/values.yaml"]
    var inName = Loading(manifest)
    inName.options.variables = [secret: "x", "text": "x"]
    // Neither half is a token.
    var inHalves = Loading(manifest)
    let middle = secret.index(secret.startIndex, offsetBy: 3)
    inHalves.options.variables = [
      "text": String(secret[..<middle]), "half": String(secret[middle...]),
    ]
    for loading in [byFlag, byEnvironment, byFile, inName, inHalves] {
      let (text, codes) = Self.output(loading)
      #expect(codes.contains(.secretInManifest), "\(codes)")
      #expect(!text.contains(Self.needle(secret)), "\(text)")
    }
  }

  @Test(arguments: harmless) func isTaken(_ text: String) {
    let (_, codes) = Self.output(Loading(Self.manifest("  description: '\(text)'")))
    #expect(!codes.contains(.secretInManifest))
  }

  @Test func anEscapeDoesNotHideIt() {
    let rest = Self.many("a1B2", 9)
    let (text, codes) = Self.output(Loading(Self.manifest("  description: \"gh\\x70_\(rest)\"")))
    #expect(codes == [.secretInManifest])
    #expect(!text.contains(rest))
  }
}
