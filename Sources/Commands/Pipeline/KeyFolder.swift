import GoogleCloud
import Keys
import Platform

/// Where key files are.
struct KeyFolder: Sendable {
  let context: RunContext
  /// `--key-dir`.
  let keyDirectory: String?

  /// The store in the key directory: `--key-dir`, the sandbox's, or the one for the Stack and the server below
  /// `XDG_STATE_HOME` or the home folder.
  ///
  /// - Parameter sandbox: the key directory of a sandbox that this run starts or describes.
  func store(sandbox: String?, stack: String?, endpoints: Endpoints) -> KeyStore {
    let tokenURI = endpoints.tokenURI
    if let directory = keyDirectory {
      return KeyStore(directory: directory, tokenURI: tokenURI, fileSystem: context.files)
    }
    if let directory = sandbox {
      // The folder is part of the sandbox's data, so the files are that server's, whatever its port.
      return KeyStore(directory: directory, tokenURI: nil, fileSystem: context.files)
    }
    let refusal = context.environment.nonEmpty("CI") == nil ? nil : Self.runnerRefusal
    guard let state = stateFolder else {
      return KeyStore(
        directory: "",
        refusal: refusal ?? "neither XDG_STATE_HOME nor HOME names a folder for key files",
        tokenURI: tokenURI, fileSystem: context.files)
    }
    return KeyStore(
      directory: "\(state)/arctl/keys/\(stack ?? "default")\(Self.suffix(tokenURI))",
      refusal: refusal,
      tokenURI: tokenURI, fileSystem: context.files)
  }

  /// Why the store of a runner of a CI system takes no key, unless its folder is named.
  private static let runnerRefusal = "CI is set, and a runner loses its key files when it ends"

  /// Whether a store is that of a runner, whose plans leave out the keys that they would have to make.
  static func isOnRunner(_ store: KeyStore) -> Bool { store.refusal == runnerRefusal }

  /// The suffix that separates the keys of servers: empty for Google's, `@HOST_PORT` for every other. The name of a Stack
  /// contains no `@`.
  private static func suffix(_ tokenURI: String) -> String {
    guard let origin = Origin(of: tokenURI), !origin.isGoogle else { return "" }
    // An IPv6 address has brackets and colons.
    let host = origin.host.filter { $0 != "[" && $0 != "]" }.replacing(":", with: "-")
    return "@\(host)_\(origin.port)"
  }

  /// The folder for a user's state; never a relative path, which could be in the working tree.
  ///
  /// Source: XDG Base Directory Specification 0.8, which says to ignore relative paths.
  private var stateFolder: String? {
    func absolute(_ path: String?) -> String? { path.flatMap { $0.hasPrefix("/") ? $0 : nil } }
    if let state = absolute(context.environment["XDG_STATE_HOME"]) { return state }
    let home = absolute(context.environment["HOME"]) ?? absolute(context.home())
    return home.map { "\($0)/.local/state" }
  }
}
