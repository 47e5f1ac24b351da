import Crypto
import HTTP
import JSON
import Platform

/// Workload identity federation: exchanges the token of another identity provider at Google's STS.
struct ExternalAccountTokens: TokenSource {
  /// Where the provider's token comes from.
  enum Subject: Sendable {
    case file(String)
    case url(String, headers: [(String, String)])
  }

  let subject: Subject
  /// The member of the JSON text that contains the token; nil if the whole text is the token.
  let field: String?
  let audience: String
  let subjectTokenType: String
  let tokenURL: String
  /// `client_id` and `client_secret`, if the provider needs them.
  let client: (id: String, secret: String)?
  /// For workforce pools only.
  let userProject: String?
  let readFile: CredentialSearch.FileReader
  let run: RequestContext

  func fetch() async throws(APIError) -> AccessToken {
    let label = "exchange of the external account's token"
    let token = try await subjectToken()
    var form = [
      ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
      ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
      ("audience", audience), ("scope", ServiceAccountKey.scope),
      ("subject_token_type", subjectTokenType), ("subject_token", token.text),
    ]
    var headers: [(String, String)] = []
    if let client {
      let pair = APIPath.encode(client.id) + ":" + APIPath.encode(client.secret)
      headers.append(("Authorization", "Basic " + Base64.encode(Array(pair.utf8))))
    } else if let userProject {
      let options: JSONValue = ["userProject": .string(userProject)]
      form.append(("options", options.text()))
    }
    do {
      return try await TokenEndpoint(run: run).token(
        tokenURL, form: form, headers: headers, secrets: client.map { [$0.secret] } ?? [],
        label: label)
    } catch {
      throw explained(error, token)
    }
  }

  /// A refusal with what it depends on: the provider's name, and the claims of the token.
  private func explained(_ error: APIError, _ token: SubjectToken) -> APIError {
    guard error.kind == .unauthenticated, let status = error.status else { return error }
    var error = error
    if error.message.hasSuffix(".") { error.message.removeLast() }
    let sent =
      token.description(at: run.serverNow).map { ". The token of \(place) has \($0)" } ?? ""
    switch status {
    case "invalid_target":
      error.message +=
        usesNumber
        ? ". The pool or the provider in `audience` may be absent, deleted or disabled"
        : ". `audience` must name the project by its number"
    case "invalid_grant", "unauthorized_client": error.message += sent
    default: break
    }
    return error
  }

  /// Whether the audience names the project by its number, which Google requires.
  private var usesNumber: Bool {
    let parts = audience.split(separator: "/")
    guard let index = parts.firstIndex(of: "projects"), index + 1 < parts.count else { return true }
    return parts[index + 1].utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Where the token comes from, without the query of a URL.
  private var place: String {
    switch subject {
    case .file(let path): path
    case .url(let url, _): String(url.prefix { $0 != "?" })
    }
  }

  /// The provider's token, read again for each exchange: it is replaced while arctl runs.
  private func subjectToken() async throws(APIError) -> SubjectToken {
    let bytes: [UInt8]
    switch subject {
    case .file(let path):
      do {
        bytes = try readFile(path)
      } catch {
        throw failure("cannot be read: \(error.reason)")
      }
    case .url(let url, let headers):
      var request = HTTPRequest(.get, url, timeout: .seconds(30))
      for (name, value) in headers { request.headers[name] = value }
      let label = "subject token from \(place)"
      bytes = try await TokenEndpoint(run: run)
        .send(request, without: Secrets(of: request), label: label).body
    }
    guard bytes.count <= 1 << 20, let text = text(in: bytes), !text.isEmpty else {
      throw failure("contains no token" + (field.map { " in `\(bounded($0, to: 100))`" } ?? ""))
    }
    guard let token = SubjectToken(text, type: subjectTokenType) else {
      throw failure("is not a token of the type \(subjectTokenType): nothing was sent")
    }
    return token
  }

  private func text(in bytes: [UInt8]) -> String? {
    if let field { return (try? JSONValue(parsing: bytes))?[field]?.string }
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var trimmed = Substring(text)
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    return String(trimmed.drop(while: \.isWhitespace))
  }

  private func failure(_ text: String) -> APIError {
    APIError(.unauthenticated, label: "subject token from \(place)", text)
  }
}
