import CommandLine
import Diagnostics
import GoogleCloud
import Model
import Platform
import Reconcile

/// The options that `plan` and `apply` share, checked.
struct RunOptions: Sendable {
  var manifests: ManifestOptions
  var selection = Selection()
  var overrides = GuardOverrides()
  /// The commit to compare with; nil for none.
  var since: SinceOptions?
  /// The approvals file; nil for none.
  var approvals: ApprovalsFile?
  /// The data folder of a sandbox to start; nil for none.
  var sandbox: String?
  /// The argument after a `--sandbox` that has no value of its own.
  private var afterSandbox: String?
  var endpoint: String?
  var impersonation: CredentialSearch.Impersonation?
  var keyDirectory: String?
  var caFile: String?
  /// Whether a proxy on this machine may be used.
  var permitsLocalProxy = false
  var reads = 64
  var writes = 10
  var timeout = Duration.seconds(1800)
  var output: OutputOptions
  /// The arguments that give another run the same plan, for the command below a plan.
  var repeated: [String] = []

  static let defaultSandbox = ".arctl/sandbox"

  init(_ arguments: ParsedArguments) throws(UsageError) {
    manifests = try ManifestOptions(arguments)
    output = try OutputOptions(arguments)
    selection = try Self.selection(arguments)
    since = try SinceOptions(arguments)
    for flag in Hazard.Flag.allCases {
      overrides.allowed[flag] = try Self.hazardGlobs(
        "--\(flag.rawValue) ", arguments.values(flag.rawValue))
    }
    overrides.reissue = try Self.hazardGlobs("--reissue ", arguments.values("reissue"))
    overrides.maximumDeletes = try Self.count(arguments, "max-deletes", atLeast: 0)
    overrides.maximumRemovals = try Self.count(arguments, "max-removals", atLeast: 0)
    approvals = try ApprovalsFile(arguments)
    afterSandbox = arguments.behind["sandbox"]
    if arguments.has("sandbox") { sandbox = arguments.value("sandbox") ?? Self.defaultSandbox }
    endpoint = arguments.value("endpoint")
    if sandbox != nil, endpoint != nil {
      throw UsageError("`--sandbox` and `--endpoint` (or ARCTL_ENDPOINT) cannot be used together")
    }
    if let text = arguments.value("impersonate-service-account") {
      guard let target = CredentialSearch.Impersonation(flag: text) else {
        throw UsageError(
          "`--impersonate-service-account \(escapedForTerminal(text))`: expected EMAIL[,DELEGATE...]"
        )
      }
      impersonation = target
    }
    keyDirectory = arguments.value("key-dir")
    caFile = arguments.value("ca-file")
    permitsLocalProxy = arguments.has("allow-local-proxy")
    reads = try Self.count(arguments, "parallelism", atLeast: 1) ?? reads
    writes = try Self.count(arguments, "write-parallelism", atLeast: 1) ?? writes
    timeout = try Self.duration(arguments, "timeout") ?? timeout
    repeated = Self.repeated(arguments)
  }

  /// How the run reaches its servers.
  func transport(connections: Int) -> TransportOptions {
    TransportOptions(
      caFile: caFile, connections: connections, permitsLocalProxy: permitsLocalProxy)
  }

  /// Refuses `--sandbox DIR` if DIR contains no manifests: the user probably means `--sandbox=DIR`.
  func checkSandbox(_ files: some FileSystem) throws(UsageError) {
    guard let path = afterSandbox else { return }
    do throws(FileError) {
      if let status = try files.status(of: path) {
        if status.kind != .folder { return }
        let names = try files.files(under: path)
        if names.contains(where: { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) { return }
      }
    } catch { return }
    let safe = escapedForTerminal(path)
    throw UsageError(
      "there are no manifests in `\(safe)`; for a sandbox with its data in that folder write `--sandbox=\(safe)`"
    )
  }

  /// A value of `--exclude` that contains a space names grants: no address contains one.
  private static func selection(_ arguments: ParsedArguments) throws(UsageError) -> Selection {
    var selection = Selection()
    for text in arguments.values("target") {
      guard !text.contains(" ") else {
        throw UsageError(
          "`--target \(escapedForTerminal(text))`: a target is an address; to leave out single grants use "
            + "`--exclude`")
      }
      selection.targets.append(AddressGlob(text))
    }
    for text in arguments.values("exclude") {
      guard text.contains(" ") else {
        selection.excludes.append(AddressGlob(text))
        continue
      }
      do throws(GrantPattern.Mistake) {
        selection.excludedGrants.append(try GrantPattern(parsing: text))
      } catch {
        throw UsageError(
          "`--exclude \(escapedForTerminal(text))`: \(escapedForTerminal(error.message)); write "
            + "'POLICY-ADDRESS role=ROLE member=MEMBER condition=TITLE'")
      }
    }
    return selection
  }

  /// Globs of a hazard flag: full addresses whose project has no wildcard, because `p**` would match other projects.
  ///
  /// - Parameter prefix: what stands before a text on the command line, with a space.
  static func hazardGlobs(
    _ prefix: String, _ texts: [String]
  ) throws(UsageError) -> [AddressGlob] {
    var globs: [AddressGlob] = []
    for text in texts {
      guard !text.contains(" ") else {
        throw UsageError(
          "`\(prefix)\(escapedForTerminal(text))`: expected a full address: this option does not take single grants"
        )
      }
      let glob = AddressGlob(text)
      let project = text.prefix { $0 != "/" }
      let isWhole = text.contains("/") && !project.isEmpty && !project.contains("*")
      guard !glob.matchesEverything, isWhole else {
        throw UsageError(
          "`\(prefix)\(escapedForTerminal(text))`: expected a full address, or a glob that names the project: "
            + "PROJECT/KIND/...")
      }
      globs.append(glob)
    }
    return globs
  }

  /// A number; nil if the option is not given.
  static func count(
    _ arguments: ParsedArguments, _ name: String, atLeast minimum: Int
  ) throws(UsageError) -> Int? {
    guard let text = arguments.value(name) else { return nil }
    guard let number = Int(text), number >= minimum, number <= 1_000_000 else {
      throw UsageError(
        "`--\(name) \(escapedForTerminal(text))`: expected a number from \(minimum) to 1000000")
    }
    return number
  }

  /// `30m`, `90s`, `1h`.
  private static func duration(
    _ arguments: ParsedArguments, _ name: String
  ) throws(UsageError) -> Duration? {
    guard let text = arguments.value(name) else { return nil }
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()),
      number > 0, number <= 1_000_000
    else {
      throw UsageError(
        "`--\(name) \(escapedForTerminal(text))`: expected a duration such as `90s`, `30m` or `1h`")
    }
    return .seconds(number * unit)
  }

  /// The paths and all options that affect the plan, as given on the command line.
  private static func repeated(_ arguments: ParsedArguments) -> [String] {
    var result = arguments.operands
    let options =
      Flags.manifests + Flags.also + Flags.selection + Flags.since + Flags.hazards
      + Flags.approvals + Flags.cloud
    for option in options where arguments.source(option.name) == .commandLine {
      let values = arguments.values(option.name)
      switch option.kind {
      case .flag: result.append("--\(option.name)")
      case .optionalValue:
        result.append(values.last.map { "--\(option.name)=\($0)" } ?? "--\(option.name)")
      case .value, .repeated: result += values.flatMap { ["--\(option.name)", $0] }
      }
    }
    return result
  }
}
