import CommandLine
import Diagnostics
import GoogleCloud
import JSON
import Kinds
import Platform

/// The server of the packages: Google's hosts or a sandbox.
struct SettingsServer: Sendable {
  /// The address of a sandbox without a slash at its end; nil for Google.
  let url: String?
  /// What decides where key files are.
  let endpoints: Endpoints
  /// The key of the owner of a sandbox in a folder, and the folder of its key files.
  private let folder: Folder?

  private struct Folder: Sendable {
    /// As the user wrote it.
    let path: String
    /// The folder of relative paths.
    let current: String
    var owner: String { "\(path)/owner.json" }
    var keys: String { "\(path)/keys" }
    /// For commands that run in another folder.
    var absoluteOwner: String { path.hasPrefix("/") ? owner : "\(current)/\(owner)" }
  }

  /// The key directory of the sandbox's folder; nil for another server.
  var keyDirectory: String? { folder?.keys }

  init(_ options: SettingsOptions, _ reporter: Reporter) throws {
    if let path = options.sandbox {
      let folder = Folder(path: path, current: reporter.context.resolved("."))
      let url = try Self.url(of: folder, reporter)
      self.folder = folder
      self.url = url
      endpoints = try Self.endpoints(url, from: "--sandbox", reporter)
      return
    }
    folder = nil
    guard let endpoint = options.endpoint else {
      url = nil
      endpoints = .google
      return
    }
    endpoints = try Self.endpoints(endpoint, from: "--endpoint", reporter)
    url = endpoints.isGoogle ? nil : endpoints.origin(of: .artifactRegistry).description
  }

  /// The lines that make `arctl token` and `arctl keyring` sign in to this server as the account.
  ///
  /// - Parameter items: the settings, which may run arctl.
  func items(
    for items: [SettingsPage.Item], _ method: AuthMethod, account: SettingsAccount
  ) -> [SettingsPage.Item] {
    guard let url, method != .key, Self.runsArctl(items) else { return [] }
    var lines = ["export ARCTL_ENDPOINT=\(url)"]
    if let file = account.keyFile ?? folder?.absoluteOwner {
      lines.append("export GOOGLE_APPLICATION_CREDENTIALS=\(shellQuoted(file))")
    }
    return [.commands(lines.joined(separator: "\n") + "\n")]
  }

  /// How to act as the account, if the settings use the credential of whoever runs them.
  func identity(
    for items: [SettingsPage.Item], _ method: AuthMethod, account: SettingsAccount
  ) -> [String] {
    guard method != .key, Self.runsArctl(items), url == nil || account.keyFile == nil,
      let email = account.email, ClientAccess.isServiceAccount(email)
    else { return [] }
    return [
      "arctl signs in with the credential of whoever runs it (`arctl whoami`). To act as this account instead: "
        + "`export ARCTL_IMPERSONATE_SERVICE_ACCOUNT=\(email)`"
    ]
  }

  private static func runsArctl(_ items: [SettingsPage.Item]) -> Bool {
    items.contains { $0.isCommands && $0.text.contains("arctl") }
  }

  /// What the user must know about a sandbox.
  func notes(_ method: AuthMethod, hasKey: Bool) -> [String] {
    guard let url else { return [] }
    let command = folder.map { "arctl-sandbox --data \(shellQuoted($0.path))" }
    var notes = [
      "These are the addresses of the sandbox at \(url). It must run"
        + (command.map { ": `\($0)`" } ?? ".")
    ]
    if folder == nil, method != .key, !hasKey {
      notes.append("GOOGLE_APPLICATION_CREDENTIALS must name a key file of this sandbox.")
    }
    return notes
  }

  private static func endpoints(
    _ url: String, from source: String, _ reporter: Reporter
  ) throws -> Endpoints {
    do throws(EndpointError) {
      return try Endpoints(all: url, source: source)
    } catch {
      throw reporter.earlyExit(.invalid, code: .notReachable, "\(error)")
    }
  }

  /// The address that the sandbox in the folder had when it last ran. A start without `--port` takes the same one if it
  /// is free.
  private static func url(of folder: Folder, _ reporter: Reporter) throws -> String {
    let files = reporter.context.files
    if let bytes = try? files.read(folder.owner, maximumBytes: 1 << 20),
      let key = try? JSONValue(parsing: bytes), let uri = key["token_uri"]?.string,
      let origin = Origin(of: uri), origin.isLoopback
    {
      return origin.description
    }
    let path = escapedForTerminal(folder.path)
    throw reporter.earlyExit(
      .invalid, code: .unreadableFile, "there is no sandbox in `\(path)`",
      help: ["start one: arctl-sandbox --data \(shellQuoted(folder.path))"])
  }
}
