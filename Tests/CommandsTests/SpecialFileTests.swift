import Foundation
import Platform
import Testing

@testable import Commands

/// A pipe instead of a file that the user names is reported at once, with its path.
@Suite struct SpecialFileTests {
  private static let stack = """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: demo}
    spec: {defaults: {project: my-project-id, location: us-east4}}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: my-python}
    spec: {format: python}
    """

  /// Runs arctl over real files; `FOLDER` in the arguments is a folder with `m/a.yaml`, `pipe` and `federation.json`.
  private func run(
    _ arguments: String, environment: ProcessEnvironment = ["ARCTL_ACCESS_TOKEN": "arctlsbx.x"]
  ) async throws -> (outcome: Outcome, errors: String, folder: String) {
    let folder = NSTemporaryDirectory() + "arctl-test-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let files = LocalFileSystem()
    try files.makeFolders(folder + "/m")
    try files.writeAtomically(Array(Self.stack.utf8), to: folder + "/m/a.yaml")
    try files.writeAtomically(Array(Self.federation(folder + "/pipe").utf8), to: folder + "/f.json")
    try #require(mkfifo(folder + "/pipe", 0o600) == 0)
    let variables = environment.variables.mapValues { $0.replacing("FOLDER", with: folder) }
    let context = TestContext(environment: ProcessEnvironment(variables))
    var seams = context.seams(
      arguments.replacing("FOLDER", with: folder).split(separator: " ").map(String.init))
    seams.files = files
    let outcome = await Arctl.run(seams)
    return (outcome, context.console.errors, folder)
  }

  private static func federation(_ path: String) -> String {
    #"""
    {"type":"external_account","audience":"a","subject_token_type":"urn:ietf:params:oauth:token-type:jwt",
    "token_url":"http://127.0.0.1:1/token","credential_source":{"file":"\#(path)"}}
    """#
  }

  @Test(
    arguments: [
      ("show FOLDER/pipe", Outcome.unexpected),
      ("validate FOLDER/pipe", .invalid),
      ("validate FOLDER/m --var-file FOLDER/pipe", .invalid),
      ("plan FOLDER/m --endpoint http://127.0.0.1:1 --ca-file FOLDER/pipe", .access),
      ("plan FOLDER/m --endpoint http://127.0.0.1:1 --ca-file FOLDER/none", .access),
      ("apply FOLDER/m --endpoint http://127.0.0.1:1 --plan FOLDER/pipe", .unexpected),
    ])
  func aPipeInsteadOfAFile(_ arguments: String, _ outcome: Outcome) async throws {
    let result = try await run(arguments)
    #expect(result.outcome == outcome)
    let isThere = arguments.contains("/pipe")
    #expect(result.errors.contains(isThere ? "is not a regular file" : "No such file"))
    #expect(result.errors.contains(result.folder + (isThere ? "/pipe" : "/none")))
  }

  @Test(arguments: ["pipe", "f.json"])
  func aPipeInsteadOfACredential(_ name: String) async throws {
    let result = try await run(
      "plan FOLDER/m --endpoint http://127.0.0.1:1",
      environment: ["GOOGLE_APPLICATION_CREDENTIALS": "FOLDER/\(name)"])
    #expect(result.outcome == .access)
    #expect(result.errors.contains("is not a regular file"), "\(result.errors)")
    #expect(result.errors.contains(result.folder + "/pipe"))
  }
}
