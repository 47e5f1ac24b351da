import CommandLine
import Diagnostics
import GoogleCloud
import JSON

/// `arctl whoami`: prints which credential arctl uses.
///
/// Sends nothing, except one request to the metadata server if there is no other credential.
enum WhoamiVerb {
  enum Form: String, Sendable, Hashable, CaseIterable { case text, json }

  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    let options = try RunOptions(arguments)
    var form = Form.text
    if let text = arguments.value("output") {
      guard let known = Form(rawValue: text) else {
        throw UsageError("`--output \(escapedForTerminal(text))`: expected text or json")
      }
      form = known
    }
    return try await Connection.open(options, Reporter(context, options.output), projects: []) {
      connection, sandbox, interruption in
      let endpoints = try connection.endpoints(sandbox)
      let credential = try await connection.credential(
        connection.search(sandbox), endpoints, connection.requests(), interruption)
      let facts = facts(credential, endpoints)
      context.console.out(form == .json ? json(facts) : text(facts))
      return .success
    }
  }

  /// Names and values in order; what is not known has no value.
  private static func facts(
    _ credential: Credential, _ endpoints: Endpoints
  ) -> [(name: String, value: String?)] {
    let origin = endpoints.origin(of: .artifactRegistry)
    var facts: [(name: String, value: String?)] = [("account", credential.account)]
    if credential.account == nil, let identity = credential.principal {
      facts = [("identity", identity)]
    }
    facts += [("type", credential.kind.rawValue), ("source", credential.source)]
    facts.append(("server", origin.isGoogle ? "Google" : origin.description))
    if let project = credential.quotaProject { facts.append(("quotaProject", project)) }
    return facts
  }

  private static func json(_ facts: [(name: String, value: String?)]) -> String {
    let known = facts.compactMap { fact in fact.value.map { (fact.name, JSONValue.string($0)) } }
    return JSONValue.object(JSONObject(known)).text(.pretty) + "\n"
  }

  private static func text(_ facts: [(name: String, value: String?)]) -> String {
    let width = facts.map(\.name.count).max() ?? 0
    return facts.map { name, value in
      let shown = value.map(escapedForTerminal) ?? "unknown: the credential does not name it"
      return padded(name, toWidth: width) + "  " + shown + "\n"
    }.joined()
  }
}
