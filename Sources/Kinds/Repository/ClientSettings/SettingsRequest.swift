/// Which settings to print.
public struct SettingsRequest: Sendable {
  /// The program that gets the settings.
  public let tool: ClientTool
  /// Where it takes its credential from; one of the tool's methods.
  public let method: AuthMethod
  /// The repository to install from.
  public let install: RepositoryPlace
  /// The repository to publish to; nil if there is none.
  public let publish: RepositoryPlace?
  /// The repository to publish Maven's snapshots to; nil if there is none. For other formats the same as `publish`.
  public let publishSnapshots: RepositoryPlace?
  /// The absolute path of the file of the key, for the method `key`; nil for a placeholder.
  public let keyFile: String?
  /// The secret of GitHub Actions in which the manifests store the key, in base64; nil if they do not.
  public let storedSecret: String?
  /// The address of a sandbox, `http://127.0.0.1:8085` without a slash at its end; nil for Google's hosts.
  public let endpoint: String?
  /// Whether the index stands beside the public one, although the highest version of both wins.
  public let isExtraIndex: Bool

  /// How the client signs in, for the method `federation`.
  public let federation: Federation?

  /// Takes the parts as they are: the caller checks that the tool knows the method and uses the format.
  public init(
    tool: ClientTool, method: AuthMethod, install: RepositoryPlace, publish: RepositoryPlace?,
    publishSnapshots: RepositoryPlace? = nil, keyFile: String? = nil,
    storedSecret: String? = nil, endpoint: String? = nil,
    isExtraIndex: Bool = false, federation: Federation? = nil
  ) {
    self.tool = tool
    self.method = method
    self.install = install
    self.publish = publish
    self.publishSnapshots = publishSnapshots ?? publish
    self.keyFile = keyFile
    self.storedSecret = storedSecret
    self.endpoint = endpoint
    self.isExtraIndex = isExtraIndex
    self.federation = federation
  }

  var index: SettingsPart.Index {
    isExtraIndex ? .extra : install.isVirtual || install.isRemote ? .whole : .part
  }

  /// Whether there is a repository to publish to.
  var publishes: Bool { target != nil }

  /// Whether packages are published to another repository than the one that they are installed from.
  var publishesElsewhere: Bool { target.map { $0 != install } ?? false }

  /// A repository to publish to.
  var target: RepositoryPlace? { publish ?? publishSnapshots }
}
