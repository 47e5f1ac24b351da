import CommandLine
import Diagnostics
import Kinds

/// The options of `arctl settings`, checked.
struct SettingsOptions: Sendable {
  enum Form: String, Sendable { case text, json }

  let manifests: ManifestOptions
  let output: OutputOptions
  /// The repository as the user names it; nil for the only one that fits.
  let repository: String?
  /// Several tools can have one name, for different formats.
  let tools: [ClientTool]
  let method: AuthMethod?
  let account: String?
  /// The format of a repository that no manifest declares, as the user writes it.
  let format: String?
  let keyDirectory: String?
  let sandbox: String?
  let endpoint: String?
  let isExtraIndex: Bool
  let form: Form
  let writes: SettingsFiles.Options?
  let federation: FederationOptions

  init(_ arguments: ParsedArguments) throws(UsageError) {
    try Self.checkCharacters(arguments)
    var manifests = try ManifestOptions(arguments)
    manifests.paths = arguments.values("manifests")
    self.manifests = manifests
    output = try OutputOptions(arguments)
    repository = arguments.operands.first
    tools = try Self.tools(arguments.value("tool"))
    federation = try FederationOptions(arguments)
    method = try Self.method(arguments.value("auth"), federation)
    account = arguments.value("account")
    format = arguments.value("repository-format")
    keyDirectory = arguments.value("key-dir")
    sandbox =
      arguments.has("sandbox") ? arguments.value("sandbox") ?? RunOptions.defaultSandbox : nil
    endpoint = arguments.value("endpoint")
    if sandbox != nil, endpoint != nil {
      throw UsageError("`--sandbox` and `--endpoint` (or ARCTL_ENDPOINT) cannot be used together")
    }
    isExtraIndex = arguments.has("extra-index")
    let text = arguments.value("output") ?? "text"
    guard let form = Form(rawValue: text) else {
      throw UsageError("`--output \(escapedForTerminal(text))`: expected text or json")
    }
    self.form = form
    writes = arguments.value("write").map {
      SettingsFiles.Options(
        folder: $0.isEmpty ? "." : $0, overwrites: arguments.has("overwrite"))
    }
    if arguments.has("overwrite"), writes == nil {
      throw UsageError("`--overwrite` needs `--write DIR`")
    }
    if tools.isEmpty, method != nil || writes != nil {
      throw UsageError("`--auth` and `--write` need `--tool TOOL`")
    }
  }

  /// Refuses control characters: these values become lines of files and of commands.
  private static func checkCharacters(_ arguments: ParsedArguments) throws(UsageError) {
    for name in ["account", "key-dir", "sandbox", "endpoint", "write"] + FederationOptions.names {
      guard let value = arguments.value(name) else { continue }
      guard !value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
      else {
        throw UsageError(
          "`--\(name) \(escapedForTerminal(value))`: control characters such as line feeds are not allowed"
        )
      }
    }
  }

  private static func tools(_ name: String?) throws(UsageError) -> [ClientTool] {
    guard let name else { return [] }
    let found = ClientTools.all.filter { $0.name == name }
    guard found.isEmpty else { return found }
    let names = ClientTools.names
    let text = "`--tool \(escapedForTerminal(name))`: arctl knows no settings for this tool"
    if let near = closestMatch(to: name, in: names) { throw UsageError(text, suggestion: near) }
    throw UsageError("\(text); it knows \(names.joined(separator: ", "))")
  }

  private static func method(
    _ name: String?, _ federation: FederationOptions
  ) throws(UsageError) -> AuthMethod? {
    guard let name else { return federation.isGiven ? .federation : nil }
    guard let method = AuthMethod(rawValue: name) else {
      let names = AuthMethod.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("`--auth \(escapedForTerminal(name))`: expected one of \(names)")
    }
    if federation.isGiven, method != .federation {
      throw UsageError("`--pool`, `--provider` and `--project-number` are for `--auth federation`")
    }
    return method
  }
}
