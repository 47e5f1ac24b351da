import JSON
import SandboxCalls
import SandboxStore
import SandboxWire

/// What a remote repository passes on. The one place that decides which packages an upstream outside of the sandbox
/// has: none, but for PyPI if a folder stands for it.
enum RemoteUpstream {
  /// Another repository of this sandbox.
  case repository(UpstreamPlace)
  /// The folder that stands for PyPI.
  case folder(UpstreamFiles)
  /// An address outside of the sandbox.
  case outside(String)

  /// - Parameters:
  ///   - fields: the remote repository.
  ///   - pypi: the files that stand for PyPI's; nil if none do.
  init(_ fields: JSONValue, _ state: State, baseURL: String, pypi: UpstreamFiles?) {
    let config = fields["remoteRepositoryConfig"]
    let uri =
      config?["pythonRepository"]?["customRepository"]?["uri"]?.string
      ?? config?["commonRepository"]?["uri"]?.string
    let name = config?["pythonRepository"]?["publicRepository"]?.string ?? "PYPI"
    if let pypi, uri.map(Self.isPyPI) ?? (name == "PYPI") {
      self = .folder(pypi)
      return
    }
    let address = uri ?? "the public \(name)"
    self =
      UpstreamPlace(address: address, state, baseURL).map { .repository($0) } ?? .outside(address)
  }

  private static func isPyPI(_ uri: String) -> Bool {
    ["", "/", "/simple", "/simple/"].contains { uri == "https://pypi.org\($0)" }
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
      + "another repository of this sandbox works, and PyPI with `arctl-sandbox --upstream pypi=DIR`."
    var error = APIError(.failedPrecondition, text)
    error.otherStatus = status
    error.otherBody = [
      "title": "Failed Dependency", "status": .integer(Int64(status)), "detail": .string(text),
    ]
    return error
  }
}
