import JSON
import SandboxCalls
import SandboxStore
import SandboxWire

/// What a remote repository passes on. The one place that decides which packages an upstream outside of the sandbox
/// has: none yet.
enum RemoteUpstream {
  /// Another repository of this sandbox.
  case repository(UpstreamPlace)
  /// An address outside of the sandbox.
  case outside(String)

  /// - Parameter fields: the remote repository.
  init(_ fields: JSONValue, _ state: State, baseURL: String) {
    let address = Self.address(fields)
    self =
      UpstreamPlace(address: address, state, baseURL).map { .repository($0) } ?? .outside(address)
  }

  private static func address(_ fields: JSONValue) -> String {
    let config = fields["remoteRepositoryConfig"]
    return config?["pythonRepository"]?["customRepository"]?["uri"]?.string
      ?? config?["commonRepository"]?["uri"]?.string
      ?? "the public \(config?["pythonRepository"]?["publicRepository"]?.string ?? "PYPI")"
  }

  /// The HTTP status of `unreachable`: Failed Dependency.
  static let status = 424

  /// The error for a package that only this address could have.
  ///
  /// No client repeats a request that failed with 424, and uv prints the sentence of a problem document (RFC 9457). pip
  /// prints no text of a server, whatever the status.
  static func unreachable(_ address: String) -> APIError {
    let text =
      "The upstream is \(address), and the sandbox reaches nothing outside. An upstream that is "
      + "another repository of this sandbox works."
    var error = APIError(.failedPrecondition, text)
    error.otherStatus = status
    error.otherBody = [
      "title": "Failed Dependency", "status": .integer(Int64(status)), "detail": .string(text),
    ]
    return error
  }
}
