import JSON

/// Reads the instances out of a file of Terraform, or says what the file is instead.
///
/// No message quotes the file: it may hold private keys.
enum TerraformFile {
  /// The most bytes that are read.
  static let maximumBytes = 64 << 20
  /// The most values of a file: each takes about a hundred bytes of memory.
  static let maximumValues = 4_000_000

  static let stateCommand =
    "run `terraform show -json | arctl migrate terraform -` where `terraform plan` works"

  static func read(_ bytes: [UInt8], named name: String) throws(MigrationError) -> TerraformState {
    if let error = foreign(bytes, named: name) { throw error }
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let file: JSONValue
    do throws(JSONParseError) {
      file = try JSONValue(
        parsing: hasMark ? Array(bytes.dropFirst(3)) : bytes, maximumBytes: maximumBytes,
        maximumValues: maximumValues)
    } catch {
      throw broken(error, bytes)
    }
    return try state(file)
  }

  // MARK: what is no JSON

  /// Says what a file is that is no JSON; nil if it may be.
  private static func foreign(_ bytes: [UInt8], named name: String) -> MigrationError? {
    if bytes.starts(with: [0x1F, 0x8B]) {
      return MigrationError(
        "the file is compressed", help: ["run `gunzip -c FILE | arctl migrate terraform -`"])
    }
    if bytes.starts(with: Array("PK".utf8)) {
      return MigrationError(
        "the file is a saved plan of Terraform in its own form",
        help: ["run `terraform show -json FILE | arctl migrate terraform -`"])
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return MigrationError(
        "the file is UTF-16, as PowerShell writes it",
        help: ["write it with `| Out-File -Encoding utf8 FILE`, or pipe it: \(stateCommand)"])
    }
    if name.hasSuffix(".tf") || isConfiguration(bytes) { return configuration }
    if isReadableForm(bytes) {
      return MigrationError(
        "this is what `terraform show` or `terraform plan` prints for people; arctl reads the JSON form",
        help: [stateCommand])
    }
    let isBinary = bytes.prefix(4096).contains { $0 < 0x20 && ![0x09, 0x0A, 0x0D].contains($0) }
    return isBinary
      ? MigrationError("the file is not a state of Terraform: it is not text", help: [stateCommand])
      : nil
  }

  private static let configuration = MigrationError(
    "this is Terraform's configuration; arctl reads the state, which says what exists and what each value is",
    help: [stateCommand])

  /// The words that begin a block of HCL.
  private static let blocks: Set = [
    "resource", "data", "provider", "variable", "output", "module", "check", "terraform", "locals",
    "import", "moved", "removed",
  ]

  private static func isConfiguration(_ bytes: [UInt8]) -> Bool {
    let line = firstLine(bytes, comments: ["#", "//"])
    let words = line.split(separator: " ")
    guard let word = words.first.map(String.init), blocks.contains(word) else { return false }
    return words.count > 1 && (words[1].hasPrefix("\"") || words[1].hasPrefix("{"))
  }

  /// `# google_service_account.ci:`, `No changes.`, `Terraform used the selected providers ...`.
  private static func isReadableForm(_ bytes: [UInt8]) -> Bool {
    let line = firstLine(bytes, comments: [])
    return line.hasPrefix("# ") || line.hasPrefix("Terraform ") || line.hasPrefix("No changes.")
      || line.hasPrefix("\u{1B}[")
  }

  /// The first line that is neither empty nor a comment.
  private static func firstLine(_ bytes: [UInt8], comments: [String]) -> String {
    let lines = bytes.prefix(16 << 10).split(separator: UInt8(ascii: "\n"))
    for line in lines {
      let text = String(decoding: line.prefix(200), as: UTF8.self)
      let bare = String(text.drop { $0 == " " || $0 == "\t" || $0 == "\r" })
      if bare.isEmpty || comments.contains(where: bare.hasPrefix) { continue }
      return bare
    }
    return ""
  }

  private static func broken(_ error: JSONParseError, _ bytes: [UInt8]) -> MigrationError {
    if error.isTooLarge {
      return MigrationError(
        "the state is too large: at most \(maximumBytes >> 20) MiB and \(maximumValues) values are read",
        help: ["convert one workspace at a time"])
    }
    if bytes.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
      return MigrationError(
        "the file is empty",
        help: ["if it came through a pipe, the command in front of it failed", stateCommand])
    }
    let start = String(decoding: bytes.prefix(4096), as: UTF8.self)
    if start.hasPrefix("{\"@level\"") {
      return MigrationError(
        "this is the log of `terraform plan -json`",
        help: [
          "run `terraform plan -out FILE`, then `terraform show -json FILE | arctl migrate terraform -`"
        ])
    }
    // The parser's own message could name a key of the file.
    let place = error.line > 0 ? " (line \(error.line), column \(error.column))" : ""
    return MigrationError(
      "the file is not valid JSON, or not all of it\(place)", help: [stateCommand])
  }

  // MARK: which JSON

  private static func state(_ file: JSONValue) throws(MigrationError) -> TerraformState {
    guard file.object != nil else {
      throw MigrationError("the file is JSON, but not a state of Terraform", help: [stateCommand])
    }
    if file["encrypted_data"] != nil {
      throw MigrationError(
        "the state is encrypted",
        help: ["run `tofu state pull | arctl migrate terraform -`, which decrypts it"])
    }
    if file["format_version"] != nil { return try shown(file) }
    if let version = file["version"]?.integer, file["terraform_version"] != nil {
      return try versioned(file, version)
    }
    if file["modules"] != nil, file["version"] != nil { return try versioned(file, 1) }
    if ["resource", "provider", "terraform", "module", "variable"].contains(where: {
      file[$0] != nil
    }) {
      throw configuration
    }
    throw MigrationError("the file is JSON, but not a state of Terraform", help: [stateCommand])
  }

  private static func versioned(
    _ file: JSONValue, _ version: Int64
  ) throws(MigrationError) -> TerraformState {
    if version == 4 {
      guard file["resources"]?.array != nil else {
        throw MigrationError(
          "the state has no list `resources`", help: [stateCommand])
      }
      return TerraformState(version4: file)
    }
    throw MigrationError(
      "the state is of version \(version); arctl reads version 4",
      help: version < 4
        ? [
          "Terraform before 0.12 wrote it; `terraform state pull` of Terraform 0.12 or later prints it in version 4",
          "run `terraform state pull | arctl migrate terraform -`",
        ] : [stateCommand])
  }

  /// `terraform show -json`, of a state or of a plan: of a plan, what existed before.
  private static func shown(_ file: JSONValue) throws(MigrationError) -> TerraformState {
    guard let format = file["format_version"]?.string,
      ["0", "1"].contains(format.prefix { $0 != "." })
    else {
      throw MigrationError(
        "the form of `terraform show -json` is newer than arctl knows",
        help: ["a newer arctl may read it; or give the state file itself: `terraform state pull`"])
    }
    let isPlan = file["planned_values"] != nil || file["resource_changes"] != nil
    guard isPlan else { return TerraformState(values: file["values"]) }
    var state = TerraformState(values: file["prior_state"]?["values"])
    state.pendingChanges = (file["resource_changes"]?.array ?? []).count { change in
      let actions = (change["change"]?["actions"]?.array ?? []).compactMap(\.string)
      return !actions.allSatisfy { $0 == "no-op" || $0 == "read" }
    }
    return state
  }
}
