import CloudResources
import CommandLine
import Diagnostics
import JSON
import Platform

/// `arctl keyring get URL USER`, or a link to arctl with the name `keyring`: the program that pip and uv ask for the
/// password of a package server.
///
/// For a server that is not arctl's, it becomes the next `keyring` in PATH.
enum KeyringVerb {
  /// The name of the link, and of the program that it hides.
  static let program = "keyring"

  /// - Parameters:
  ///   - words: The arguments of the `keyring` program.
  ///   - arguments: arctl's own options.
  static func run(
    _ words: [String], _ arguments: ParsedArguments, _ context: RunContext
  ) async throws -> Outcome {
    guard let request = KeyringRequest(words), let url = PackageURL(request.service) else {
      return passOn(words, context)
    }
    let logins: PackageLogins
    do {
      logins = try PackageLogins(arguments, context)
    } catch {
      // Settings of arctl that cannot be used must not keep other servers from their keyring.
      guard url.isGoogle else { return passOn(words, context) }
      if error is EarlyExit { return .unexpected }
      return fail("\(error)", context)
    }
    guard logins.owns(url) else { return passOn(words, context) }
    switch request.operation {
    case .set, .del:
      return fail(
        "no password is stored: arctl gets a new token each time that a client asks", context)
    case .get: return await get(request, url, logins, context)
    }
  }

  private static func get(
    _ request: KeyringRequest, _ url: PackageURL, _ logins: PackageLogins, _ context: RunContext
  ) async -> Outcome {
    if let user = request.user, user != PackageURL.tokenUser {
      return fail(
        "the user of a token is `\(PackageURL.tokenUser)`, not `\(escapedForTerminal(user))`",
        context)
    }
    do throws(SignInFailure) {
      let token = try await logins.token(for: url, isForShell: true)
      context.console.out(answer(to: request, token))
      return .success
    } catch {
      return fail(error.lines, context)
    }
  }

  private static func answer(to request: KeyringRequest, _ token: String) -> String {
    let user = request.mode == .creds ? [("username", PackageURL.tokenUser)] : []
    let fields = user + [("password", token)]
    switch request.output {
    case .plain: return fields.map { "\($0.1)\n" }.joined()
    case .json:
      return JSONValue.object(JSONObject(fields.map { ($0.0, .string($0.1)) })).text() + "\n"
    }
  }

  /// The next `keyring` may know the server. No message repeats the URL, which may contain a password.
  private static func passOn(_ words: [String], _ context: RunContext) -> Outcome {
    guard let next = context.nextProgram(program) else {
      return fail(
        "not a request for a package server of Artifact Registry, and PATH has no other `keyring` that could answer it",
        context)
    }
    let error = context.become(next.path, words, next.environment)
    return fail("cannot run `\(escapedForTerminal(next.path))`: \(error.reason)", context)
  }

  private static func fail(_ message: String, _ context: RunContext) -> Outcome {
    context.console.err("arctl: \(message)\n")
    return .unexpected
  }
}
