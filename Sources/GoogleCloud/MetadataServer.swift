import HTTP
import JSON

/// The metadata server of Compute Engine, GKE, Cloud Run and Cloud Build (docs/google-apis.md#metadata-server).
struct MetadataServer: TokenSource {
  /// The host, with the port if it is not 80.
  let host: String
  let run: RequestContext

  /// Requests the account's e-mail once, with a short time-out: on most machines there is no such server. The failure
  /// says why there is none.
  func email() async -> Result<String, MetadataAbsence> {
    do {
      let response = try await run.send(request("email", timeout: .seconds(1)))
      guard isGenuine(response) else {
        return .failure(MetadataAbsence(reason: "the host that answers is not a metadata server"))
      }
      guard response.status == 200,
        let email = String(validating: response.body, as: UTF8.self), !email.isEmpty,
        email.utf8.count < 300
      else { return .failure(MetadataAbsence(reason: "this machine has no service account")) }
      return .success(email)
    } catch {
      return .failure(MetadataAbsence(reason: "no answer (\(error.message))"))
    }
  }

  func fetch() async throws(APIError) -> AccessToken {
    let label = "token from the metadata server"
    let scopes = APIPath.form([("scopes", ServiceAccountKey.scope)])
    let endpoint = TokenEndpoint(run: run)
    let response = try await endpoint.send(
      request("token?\(scopes)", timeout: .seconds(10)), without: Secrets(), label: label)
    guard isGenuine(response),
      let answer = try? JSONValue(parsing: response.body, maximumBytes: 1 << 20)
    else { throw TokenEndpoint.noToken(label) }
    return try endpoint.read(answer, label: label)
  }

  private func request(_ leaf: String, timeout: Duration) -> HTTPRequest {
    var request = HTTPRequest(
      .get, "http://\(host)/computeMetadata/v1/instance/service-accounts/default/\(leaf)",
      headers: ["Metadata-Flavor": "Google"], timeout: timeout)
    // Its answers are not encrypted: a proxy could read the token, or send one of its own.
    request.isDirect = true
    return request
  }

  /// Whether the answer comes from a metadata server. Some networks answer every request with a page of their own.
  private func isGenuine(_ response: HTTPResponse) -> Bool {
    response.headers["Metadata-Flavor"] == "Google"
  }
}

/// Why the metadata server has no credential.
struct MetadataAbsence: Error {
  let reason: String
}
