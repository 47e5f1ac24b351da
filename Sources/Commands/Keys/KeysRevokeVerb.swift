import CloudResources
import CommandLine
import Diagnostics
import GoogleCloud
import Grammar
import JSON
import Keys
import Model

/// `arctl keys revoke ACCOUNT/KEYID`: takes one key out of use at once. An emergency needs neither valid manifests nor a
/// plan.
struct KeysRevokeVerb {
  private let options: RunOptions
  private let form: AnswerForm
  private let action: KeyRevocation.Action
  private let key: KeyName
  private let isApproved: Bool

  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    try await KeysRevokeVerb(arguments).run(context)
  }

  private init(_ arguments: ParsedArguments) throws(UsageError) {
    options = try KeyFlags.run(arguments)
    form = try AnswerForm(arguments)
    action = arguments.has("delete") ? .delete : .disable
    key = try KeyName(arguments.operands.first ?? "")
    isApproved = arguments.has("auto-approve")
  }

  private func run(_ context: RunContext) async throws -> Outcome {
    let reporter = Reporter(context, options.output)
    let manifests = key.isEmail ? nil : try options.manifests.load(reporter, warns: false)
    let email = try email(manifests, reporter)
    return try await Connection.open(
      options, reporter, projects: manifests?.existingProjects ?? []
    ) { connection, sandbox, interruption in
      let client = try await connection.client(sandbox, interruption)
      try await ask(email, reporter, interruption)
      let failure = try await interruption.cancelling {
        await self.revoke(email, client, reporter)
      }
      if let failure { throw report(failure, email, reporter) }
      let answer = RevocationAnswer(
        email: email, id: key.id, action: action, now: client.run.serverNow)
      context.console.out(form == .json ? answer.json : answer.text)
      return .success
    }
  }

  private func email(
    _ manifests: LoadedManifests?, _ reporter: Reporter
  ) throws(EarlyExit) -> String {
    guard let manifests else { return key.account.lowercased() }
    return try AccountChoice(graph: manifests.graph, reporter: reporter, option: "keys revoke")
      .find(key.account, includesAbsent: true).email
  }

  private func ask(
    _ email: String, _ reporter: Reporter, _ interruption: Interruption
  ) async throws {
    guard !isApproved else { return }
    let word = action == .delete ? "Delete" : "Disable"
    try await Approval.ask(
      "\(word) key \(key.id) of \(email)?", to: "revoke", reporter: reporter,
      interruption: interruption)
  }

  private func revoke(
    _ email: String, _ client: APIClient, _ reporter: Reporter
  ) async -> APIError? {
    let project = key.project ?? AccountEmail(parsing: email)?.project ?? "-"
    let revocation = KeyRevocation(
      calls: CloudCalls(client: client, memory: RecentWrites()), email: email, project: project,
      id: key.id,
      onWait: {
        reporter.note(
          "note: the server does not show this key; a new one can take a minute, so arctl tries on")
      })
    do throws(APIError) {
      try await revocation.carryOut(action)
      return nil
    } catch {
      return error
    }
  }

  /// Reports why the key is not revoked.
  private func report(_ error: APIError, _ email: String, _ reporter: Reporter) -> EarlyExit {
    let failure = OperationFailure(error)
    var help = failure.help.isEmpty ? [] : [failure.help]
    var reason = "\(error)"
    switch error.kind {
    case .notFound:
      reason = "\(email) has no such key, or there is no such account"
      help = ["the keys that there are: arctl ls keys, or arctl keys list"]
    case .failedPrecondition, .invalidArgument:
      help.append(
        "Google does not let anyone disable or delete the keys that it manages itself, and rotates them; to stop "
          + "everything that signs in as \(email), disable the account")
    default: break
    }
    return reporter.earlyExit(
      failure.kind == .access ? .access : .unexpected, code: .keyNotRevoked,
      "key \(key.id) is not revoked: \(reason)", help: help)
  }
}

/// What a revocation has ended, and what it has not.
struct RevocationAnswer: Sendable {
  let email: String
  let id: String
  let action: KeyRevocation.Action
  /// The time of the revocation, in Unix seconds.
  let now: Double

  /// How long an access token is valid at most that was issued for a signature of the key
  /// (docs/google-apis.md#token-endpoints).
  private static let longestToken: Double = 3600
  private var tokensEnd: String { timestamp((now + Self.longestToken).rounded(.up)) }
  private var done: String { action == .delete ? "deleted" : "disabled" }

  var text: String {
    var lines = [
      "Key \(id) of \(email) is \(done): no new sign-in with it succeeds.",
      "Access tokens that were issued before stay valid until they end, by \(tokensEnd) at the latest.",
      "To end them at once, disable the account: `disabled: true` in its document, or",
      "  gcloud iam service-accounts disable \(email)",
    ]
    if action == .disable {
      lines += [
        "Once nothing needs the key any more, delete it:",
        "  arctl keys revoke --delete \(email)/\(id)",
      ]
    }
    return lines.map { escapedForTerminal($0) + "\n" }.joined()
  }

  var json: String {
    let value: JSONValue = [
      "formatVersion": 1, "account": .string(email), "id": .string(id), "state": .string(done),
      "tokensEndBy": .string(tokensEnd),
    ]
    return value.text(.pretty) + "\n"
  }
}
