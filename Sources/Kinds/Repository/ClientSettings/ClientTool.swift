/// A program that installs from a repository or publishes to it, and the settings that it needs: data, which
/// `SettingsPage` fills in.
public struct ClientTool: Sendable, Hashable {
  /// As `--tool` takes it: `pip`.
  public let name: String
  /// What it is, in a few words for the list of tools.
  public let summary: String
  /// The formats of the repositories that it uses, as the API writes them: `PYTHON`.
  public let formats: Set<String>
  /// The ways in which it gets its credential; the first one is used if the user asks for none.
  public let methods: [AuthMethod]
  /// What to print, in order.
  let parts: [SettingsPart]

  /// What it does with a repository by this method.
  public func uses(by method: AuthMethod) -> Set<ClientUse> {
    let parts = parts.filter {
      $0.content != .note && ($0.methods.isEmpty || $0.methods.contains(method))
    }
    let isForBoth = parts.contains { $0.use == nil }
    return isForBoth ? Set(ClientUse.allCases) : Set(parts.compactMap(\.use))
  }

  /// Whether it can use an index beside the public one.
  public var takesExtraIndex: Bool { parts.contains { $0.index == .extra } }

  /// Whether a repository that stands alone becomes its only index.
  public let replacesIndex: Bool

  init(
    _ name: String, _ summary: String, formats: Set<String>,
    methods: [AuthMethod] = [.keyring, .env, .key], replacesIndex: Bool = false,
    _ parts: [SettingsPart]
  ) {
    self.replacesIndex = replacesIndex
    self.name = name
    self.summary = summary
    self.formats = formats
    self.methods = methods
    self.parts = parts
  }
}

/// Where a client takes its credential from. No form holds a secret: each says where the client finds it when it runs.
public enum AuthMethod: String, Sendable, Hashable, CaseIterable {
  /// A program that answers with a short-lived token: `arctl keyring`, `arctl docker-credential`.
  case keyring
  /// An environment variable with a short-lived token.
  case env
  /// The file of a service account key, read when the client runs.
  case key
  /// A token that the client's own platform signs, exchanged at Google: workload identity federation.
  case federation
}

/// What a client does with a repository.
public enum ClientUse: String, Sendable, Hashable, CaseIterable {
  case install
  case publish
}

/// One file or one list of commands, with places for the values of a repository: `@URL@`.
struct SettingsPart: Sendable, Hashable {
  enum Content: Sendable, Hashable {
    /// The text of a file at this place: `~/.pypirc`.
    case file(String)
    /// Lines for a shell.
    case commands
    /// Sentences.
    case note
  }

  var content: Content
  /// What it is for; nil if it is for both.
  var use: ClientUse?
  /// The methods for which it is printed; empty for all.
  var methods: Set<AuthMethod> = []
  /// Whether it is printed for a repository that stands alone, for one that serves a whole index (a virtual one, a mirror),
  /// for one beside the public index, or for all.
  var index = Index.any
  /// Whether it is printed only if packages are published to another repository than the one they are installed from.
  var isForOtherTarget = false
  /// Whether it is printed only if no manifest stores the key as a secret of the CI system.
  var isForOwnSecret = false
  var text: String

  enum Index: Sendable, Hashable { case any, whole, part, extra }

  static func file(
    _ place: String, for use: ClientUse? = nil, by methods: Set<AuthMethod> = [],
    index: Index = .any, _ text: String
  ) -> SettingsPart {
    SettingsPart(
      content: .file(place), use: use, methods: methods, index: index, text: text + "\n")
  }

  /// The same part, only if packages are published to another repository.
  var forOtherTarget: SettingsPart {
    var part = self
    part.isForOtherTarget = true
    return part
  }

  /// The same part, only if no manifest stores the key as a secret of the CI system.
  var unlessStored: SettingsPart {
    var part = self
    part.isForOwnSecret = true
    return part
  }

  static func commands(
    for use: ClientUse? = nil, by methods: Set<AuthMethod> = [], index: Index = .any,
    _ text: String
  ) -> SettingsPart {
    SettingsPart(content: .commands, use: use, methods: methods, index: index, text: text + "\n")
  }

  static func note(
    for use: ClientUse? = nil, by methods: Set<AuthMethod> = [], index: Index = .any,
    _ text: String
  ) -> SettingsPart {
    SettingsPart(content: .note, use: use, methods: methods, index: index, text: text)
  }
}
