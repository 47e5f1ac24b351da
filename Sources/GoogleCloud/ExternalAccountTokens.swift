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
    var form = [
      ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
      ("requested_token_type", "urn:ietf:params:oauth:token-type:access_token"),
      ("audience", audience), ("scope", ServiceAccountKey.scope),
      ("subject_token_type", subjectTokenType), ("subject_token", try await subjectToken()),
    ]
    var headers: [(String, String)] = []
    if let client {
      let pair = APIPath.encode(client.id) + ":" + APIPath.encode(client.secret)
      headers.append(("Authorization", "Basic " + Base64.encode(Array(pair.utf8))))
    } else if let userProject {
      let options: JSONValue = ["userProject": .string(userProject)]
      form.append(("options", options.text()))
    }
    return try await TokenEndpoint(run: run).token(
      tokenURL, form: form, headers: headers, secrets: client.map { [$0.secret] } ?? [],
      label: label)
  }

  /// The provider's token, read again for each exchange: it is replaced while arctl runs.
  private func subjectToken() async throws(APIError) -> String {
    let bytes: [UInt8]
    let place: String
    switch subject {
    case .file(let path):
      place = path
      do {
        bytes = try readFile(path)
      } catch {
        throw failure(place, "cannot be read: \(error.reason)")
      }
    case .url(let url, let headers):
      place = String(url.prefix { $0 != "?" })
      var request = HTTPRequest(.get, url, timeout: .seconds(30))
      for (name, value) in headers { request.headers[name] = value }
      let label = "subject token from \(place)"
      bytes = try await TokenEndpoint(run: run)
        .send(request, without: Secrets(of: request), label: label).body
    }
    guard bytes.count <= 1 << 20, let text = text(in: bytes), !text.isEmpty else {
      throw failure(place, "contains no token" + (field.map { " in `\($0)`" } ?? ""))
    }
    return text
  }

  private func text(in bytes: [UInt8]) -> String? {
    if let field { return (try? JSONValue(parsing: bytes))?[field]?.string }
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    var trimmed = Substring(text)
    while trimmed.last?.isWhitespace == true { trimmed.removeLast() }
    return String(trimmed.drop(while: \.isWhitespace))
  }

  private func failure(_ place: String, _ text: String) -> APIError {
    APIError(.unauthenticated, label: "subject token from \(place)", text)
  }
}
