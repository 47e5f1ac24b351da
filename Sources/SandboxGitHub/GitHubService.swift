import JSON
package import SandboxStore
package import SandboxWire

/// Plays GitHub for rehearsals: the secrets and variables of Actions, for repositories and environments.
///
/// After GitHub's OpenAPI description of 2022-11-28 and its
/// [pages](https://docs.github.com/en/rest/actions/secrets). It takes marked tokens only, so that no real one works here.
package enum GitHubService {
  /// The version of the API.
  static let version = "2022-11-28"
  /// The start of the tokens that it takes.
  package static let tokenPrefix = "arctl-sandbox-"
  /// The token in the settings for shells.
  package static let token = tokenPrefix + "rehearsal"

  /// Carries out one request. A failure changes nothing.
  ///
  /// - Parameter now: Unix seconds on the sandbox's clock.
  package static func answer(
    _ request: WireRequest, at address: GitHubAddress, _ state: inout State, now: Int64
  ) -> WireResponse {
    var response: WireResponse
    do throws(GitHubRefusal) {
      try admit(request)
      guard address.target != .unknown else {
        throw GitHubRefusal(
          status: 501,
          message: "This sandbox plays GitHub for the secrets and variables of Actions only.")
      }
      guard state.exists(address.place) else { throw .notFound }
      response = try run(
        GitHubCall(address: address, request: request, now: now), &state)
    } catch {
      response = GitHubAnswers.failure(error.status, error.message)
    }
    if let permission = permission(address, isRead: request.method == "GET") {
      response.headers.append(("X-Accepted-GitHub-Permissions", permission))
    }
    return response
  }

  /// Checks the headers.
  private static func admit(_ request: WireRequest) throws(GitHubRefusal) {
    guard request.headers["user-agent"]?.isEmpty == false else {
      throw GitHubRefusal(
        status: 403, message: "Request forbidden: it must have a User-Agent header.")
    }
    try checkToken(request.headers["authorization"])
    guard [nil, version].contains(request.headers["x-github-api-version"]) else {
      throw GitHubRefusal(status: 410, message: "This version of the API is not supported.")
    }
  }

  /// Takes marked tokens only. Whatever else is sent is neither stored nor shown.
  private static func checkToken(_ header: String?) throws(GitHubRefusal) {
    guard let header, !header.isEmpty else {
      throw GitHubRefusal(status: 401, message: "Requires authentication")
    }
    let words = header.split(separator: " ")
    guard words.count == 2, ["bearer", "token"].contains(words[0].lowercased()) else {
      throw GitHubRefusal(status: 401, message: "Bad credentials")
    }
    guard !words[1].hasPrefix(tokenPrefix) else { return }
    let isReal = ["ghp_", "github_pat_", "gho_", "ghu_", "ghs_", "ghr_"].contains {
      words[1].hasPrefix($0)
    }
    throw GitHubRefusal(
      status: 401,
      message: (isReal
        ? "Bad credentials: a token of GitHub's came to a sandbox, which has not stored it."
        : "Bad credentials: this is a sandbox, not GitHub.")
        + " It takes tokens that begin with \(tokenPrefix), such as \(token).")
  }

  private static func run(
    _ call: GitHubCall, _ state: inout State
  ) throws(GitHubRefusal) -> WireResponse {
    switch (call.method, call.address.target) {
    case ("GET", .publicKey): try GitHubSecrets.publicKey(call, &state)
    case ("GET", .secrets): try GitHubSecrets.list(call, state)
    case ("GET", .secret(let name)): try GitHubSecrets.get(name, call, state)
    case ("PUT", .secret(let name)): try GitHubSecrets.put(name, call, &state)
    case ("DELETE", .secret(let name)): try GitHubSecrets.delete(name, call, &state)
    case ("GET", .variables): try GitHubVariables.list(call, state)
    case ("POST", .variables): try GitHubVariables.create(call, &state)
    case ("GET", .variable(let name)): try GitHubVariables.get(name, call, state)
    case ("PATCH", .variable(let name)): try GitHubVariables.update(name, call, &state)
    case ("DELETE", .variable(let name)): try GitHubVariables.delete(name, call, &state)
    default: throw .notFound
    }
  }

  /// What a fine-grained token would need.
  private static func permission(_ address: GitHubAddress, isRead: Bool) -> String? {
    let name: String
    switch address.target {
    case .publicKey, .secrets, .secret: name = "secrets"
    case .variables, .variable: name = "actions_variables"
    case .unknown: return nil
    }
    return
      "\(address.place.environment == nil ? name : "environments")=\(isRead ? "read" : "write")"
  }
}

/// One request to GitHub on its way to its handler.
struct GitHubCall: Sendable {
  let address: GitHubAddress
  let method: String
  private let bytes: [UInt8]
  private let query: Query
  /// Unix seconds.
  let now: Int64

  init(address: GitHubAddress, request: WireRequest, now: Int64) {
    self.address = address
    self.now = now
    method = request.method
    bytes = request.body
    query = Query(request.query)
  }

  /// The resource name of the place.
  var place: String { address.place.key }

  /// A text in the body.
  func text(_ name: String) throws(GitHubRefusal) -> String {
    guard let text = try optionalText(name) else {
      throw .invalid("Invalid request.\n\n\"\(name)\" wasn't supplied.")
    }
    return text
  }

  /// A text in the body; nil if it is absent.
  func optionalText(_ name: String) throws(GitHubRefusal) -> String? {
    guard let body = try? JSONValue(parsing: bytes), body.object != nil else {
      throw GitHubRefusal(status: 400, message: "Problems parsing JSON")
    }
    guard let value = body[name] else { return nil }
    guard let text = value.string else {
      throw .invalid("Invalid request.\n\nFor 'properties/\(name)', the value is not a string.")
    }
    return text
  }

  /// One page of a list: `per_page` items of page `page`.
  func page<Item>(_ items: [Item], standard: Int, maximum: Int) -> ArraySlice<Item> {
    let size = min(max(1, query["perPage"].flatMap { Int($0) } ?? standard), maximum)
    let number = min(max(1, query["page"].flatMap { Int($0) } ?? 1), 1 << 20)
    return items.dropFirst(size * (number - 1)).prefix(size)
  }

  /// Throws for a name that no secret and no variable can have.
  func check(name: String) throws(GitHubRefusal) {
    let isFree = name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
    guard isFree, !name.uppercased().hasPrefix("GITHUB_"), name.utf8.count <= 255 else {
      throw .invalid(
        "Names can only contain letters, digits and underscores, and must start neither with a digit nor with GITHUB_."
      )
    }
  }
}
