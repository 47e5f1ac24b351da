/// A call of the `keyring` program, as pip and uv make it (docs/tokens.md#pip-and-uv).
///
///     keyring get https://us-east4-python.pkg.dev/p/r/simple/ oauth2accesstoken
///     keyring --mode=creds --output=json get us-east4-python.pkg.dev
struct KeyringRequest: Sendable, Hashable {
  enum Operation: String, Sendable, Hashable {
    case get, set, del
  }
  /// Whether `get` prints the password alone, or the user name before it.
  enum Mode: String, Sendable, Hashable {
    case password, creds
  }
  /// Whether `get` prints lines or one JSON object.
  enum Output: String, Sendable, Hashable {
    case plain, json
  }

  let operation: Operation
  /// The URL or the name of the server.
  let service: String
  /// Nil if the client leaves the choice to the keyring.
  let user: String?
  private(set) var mode = Mode.password
  private(set) var output = Output.plain

  /// Nil for a call that arctl does not answer, because it asks for something else than the login of a server, or chooses
  /// a keyring itself (`--keyring-backend`).
  init?(_ arguments: [String]) {
    var words: [String] = []
    var mode = Mode.password
    var output = Output.plain
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("-") else {
        words.append(argument)
        continue
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count == 2 ? String(parts[1]) : rest.popFirst()
      switch parts[0] {
      case "--mode":
        guard let known = value.flatMap(Mode.init) else { return nil }
        mode = known
      case "--output":
        guard let known = value.flatMap(Output.init) else { return nil }
        output = known
      default: return nil
      }
    }
    guard let operation = words.first.flatMap(Operation.init), (2...3).contains(words.count) else {
      return nil
    }
    self.operation = operation
    self.mode = mode
    self.output = output
    service = words[1]
    user = words.count == 3 ? words[2] : nil
    if user == nil, operation != .get || mode == .password { return nil }
  }
}
