import CloudResources
import CommandLine
import Diagnostics
import JSON

/// `arctl docker-credential ACTION`, or a link to arctl with the name `docker-credential-arctl`: Docker's protocol for
/// credential helpers.
///
/// Docker reads errors on standard output, so they are there, too
/// (https://github.com/docker/docker-credential-helpers/tree/master/credentials).
enum DockerCredentialVerb {
  /// The name of the link.
  static let program = "docker-credential-arctl"
  /// The text by which Docker knows that a helper does not answer for a server; it then goes on without a login.
  static let notFound = "credentials not found in native keychain"
  /// The text for a request without a server.
  static let noServer = "no credentials server URL"

  enum Action: String, Sendable, Hashable, CaseIterable {
    case get, list, store, erase
  }

  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    let word = arguments.operands.first ?? ""
    guard let action = Action(rawValue: word) else {
      throw UsageError("`\(escapedForTerminal(word))`: expected get, list, store or erase")
    }
    switch action {
    case .store:
      return fail(
        "arctl stores no passwords: it gets a new token each time that a client asks", context)
    case .erase:
      return fail("arctl stores no passwords, so there is nothing to erase", context)
    case .get, .list: break
    }
    let logins: PackageLogins
    do {
      logins = try PackageLogins(arguments, context)
    } catch is EarlyExit {
      return fail("arctl cannot use its settings: see its message on standard error", context)
    } catch let error as UsageError {
      return fail("arctl: \(error)", context)
    }
    if action == .list { return list(logins, context) }
    let line = await context.console.readLine() ?? ""
    // One server in one line: what follows a line break must not be overlooked.
    let more = await context.console.readLine()
    return await get(line, isAlone: more == nil, logins, context)
  }

  private static func get(
    _ line: String, isAlone: Bool, _ logins: PackageLogins, _ context: RunContext
  ) async -> Outcome {
    // Docker sends no line break; a user at a terminal may.
    let server = line.hasSuffix("\r") ? String(line.dropLast()) : line
    if server.isEmpty { return fail(noServer, context) }
    guard isAlone, let url = PackageURL(server), logins.owns(url) else {
      return fail(notFound, context)
    }
    do throws(SignInFailure) {
      let token = try await logins.token(for: url, isForShell: false)
      let answer: JSONValue = [
        "ServerURL": .string(server), "Username": .string(PackageURL.tokenUser),
        "Secret": .string(token),
      ]
      context.console.out(answer.text() + "\n")
      return .success
    } catch {
      return fail("arctl: \(error.lines)", context)
    }
  }

  private static func list(_ logins: PackageLogins, _ context: RunContext) -> Outcome {
    let known = logins.containerServers.map { ($0, JSONValue.string(PackageURL.tokenUser)) }
    context.console.out(JSONValue.object(JSONObject(known)).text() + "\n")
    return .success
  }

  private static func fail(_ message: String, _ context: RunContext) -> Outcome {
    context.console.out(message + "\n")
    return .unexpected
  }
}
