import Crypto
import HTTP
import JSON
package import SandboxCalls
package import SandboxStore
import SandboxWire

/// The sandbox's own paths for the GitHub that it plays: what a workflow run would do, and which repositories there are.
package enum GitHubRoutes: ServedAPI {
  /// Everything of the GitHub that the sandbox plays.
  package static let records: [any Record.Type] = [
    GitHubRepositoryRecord.self, GitHubKeyRecord.self, GitHubSecretRecord.self,
    GitHubVariableRecord.self,
  ]

  private static let path = "/_sandbox/github"

  /// The paths.
  package static let routes: [Route] = [
    Route(
      own: .post, "\(path)/repositories",
      purpose: "declares a repository of GitHub; from then on only declared ones exist",
      run: declare),
    Route(
      own: .get, "\(path)/repos/{owner}/{repository}/actions/secrets/{secret}/value",
      purpose: "the value of a repository's secret, as a workflow run gets it", run: value
    ).taking("host"),
    Route(
      own: .get,
      "\(path)/repos/{owner}/{repository}/environments/{environment}/secrets/{secret}/value",
      purpose: "the same for an environment's secret", run: value
    ).taking("host"),
  ]

  /// `{"full_name": "acme/lib", "environments": ["prod"]}`. A second time it adds environments.
  private static func declare(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("fullName", "environments", "host")
    let parts = (try call.body.string("fullName") ?? "").split(
      separator: "/", omittingEmptySubsequences: false
    ).map(String.init)
    let site = try call.body.string("host") ?? GitHubPlace.publicSite
    let environments = try call.body.strings("environments") ?? []
    guard parts.count == 2 else {
      throw .badField("full_name", "Write the owner and the name: {\"full_name\": \"acme/lib\"}.")
    }
    let place = GitHubPlace(site: site, owner: parts[0], name: parts[1])
    let all = environments.map {
      GitHubPlace(site: site, owner: parts[0], name: parts[1], environment: $0)
    }
    guard ([place] + all).allSatisfy(\.isWellFormed) else {
      throw .badField("full_name", "These are not names of a repository and of environments.")
    }
    var record =
      state[GitHubRepositoryRecord.self][place.repository]
      ?? GitHubRepositoryRecord(
        site: place.site, fullName: parts.joined(separator: "/"), environments: [])
    for environment in environments
    where !record.environments.contains(where: { $0.lowercased() == environment.lowercased() }) {
      record.environments.append(environment)
    }
    state.put(record)
    return [
      "full_name": .string(record.fullName), "host": .string(record.site),
      "environments": .array(record.environments.map { .string($0) }),
    ]
  }

  /// The value as text, or in base64 where it is none.
  private static func value(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let environment = call["environment"]
    let place = GitHubPlace(
      site: call.query["host"] ?? GitHubPlace.publicSite, owner: call["owner"],
      name: call["repository"], environment: environment.isEmpty ? nil : environment)
    let key = GitHubSecretRecord.key(call["secret"], of: place.key)
    guard let secret = state[GitHubSecretRecord.self][key], let pair = state.gitHubKey(of: place),
      let box = Base64.decode(secret.box)
    else { throw APIError(.notFound, "There is no such secret.") }
    let bytes: [UInt8]
    do throws(CryptoError) {
      bytes = try SealedBox.open(box, with: pair.pair()).withUnsafeBytes { Array($0) }
    } catch {
      throw APIError(.internal, "The sandbox cannot open its own secret: \(error)")
    }
    let text = String(validating: bytes, as: UTF8.self)
    return [
      "name": .string(secret.name), "updated_at": .string(Timestamps.text(seconds: secret.updated)),
      text == nil ? "value_base64" : "value": .string(text ?? Base64.encode(bytes)),
    ]
  }
}
