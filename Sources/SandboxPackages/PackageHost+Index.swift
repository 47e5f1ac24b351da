import SandboxCalls
import SandboxIAM
import SandboxStore
package import SandboxWire

/// The data plane of the service: the index, and the entry point for requests that are not uploads.
extension PackageHost {
  /// Answers a request to the data plane. Uploads with a body go to `plan` instead.
  package func answer(_ request: WireRequest, at address: PackageAddress) -> WireResponse {
    let accepted = begin(request)
    if let response = accepted.replacement { return response }
    var caller: Principal?
    let response: WireResponse
    do throws(APIError) {
      response = try read(request, at: address, caller: &caller)
    } catch {
      if error.httpStatus == RemoteUpstream.status { logUnserved(request) }
      response = PackageAnswers.failure(error)
    }
    return finish(accepted, response, caller: caller)
  }

  private func read(
    _ request: WireRequest, at address: PackageAddress, caller: inout Principal?
  ) throws(APIError) -> WireResponse {
    guard request.method == "GET" || request.method == "HEAD" else {
      return unserved(
        request, PackageAnswers.notAllowed(address.target == .repository ? "POST" : "GET, HEAD"))
    }
    let gate = PackageGate(request, at: address, permission: PackageGate.download)
    switch address.target {
    case .packages: return PackageAnswers.noSuchPage
    case .missingSlash(let package):
      let name = PackageName.normalized(package)
      return name.map { PackageAnswers.moved(to: "\($0)/") } ?? unserved(request)
    case .package(let name):
      guard let package = PackageName.normalized(name) else { return unserved(request) }
      let files = try admitted(gate, caller: &caller) { (view) throws(APIError) in
        try view.files(of: package)
      }
      guard package == name else { return PackageAnswers.moved(to: "../\(package)/") }
      return PackageAnswers.page(SimpleIndex.page(of: package, files: files), for: request)
    case .file(let package, let name):
      return try link(to: name, of: package, at: address, gate, caller: &caller)
    case .download(let token):
      return try download(token, gate, for: request, caller: &caller)
    case .repository, .unknown:
      _ = try admitted(gate, caller: &caller) { (_) throws(APIError) in true }
      return unserved(request)
    }
  }

  private func unserved(
    _ request: WireRequest, _ response: WireResponse = PackageAnswers.unserved
  ) -> WireResponse {
    logUnserved(request)
    return response
  }

  /// Authenticates, authorizes, and queries the sources of the repository, all on one state.
  func admitted<Result: Sendable>(
    _ gate: PackageGate, caller: inout Principal?,
    ask: (RepositoryView) throws(APIError) -> Result
  ) throws(APIError) -> Result {
    // Before the state is locked, because new files are hashed.
    let files = pypi?.look()
    let outcome = look { (state, now) -> (Swift.Result<Result, APIError>, Principal?) in
      var admitted: Principal?
      do throws(APIError) {
        let repository = try gate.admit(state, settings, now: now, caller: &admitted)
        guard repository.fields.value["format"]?.string == "PYTHON" else {
          throw Self.wrongFormat(repository)
        }
        let view = RepositoryView(
          repository: repository,
          sources: PackageSources(
            of: repository, state, baseURL: settings.baseURL, pypi: files, now: now),
          state: state, now: now)
        return (.success(try ask(view)), admitted)
      } catch {
        return (.failure(error), admitted)
      }
    }
    caller = outcome.1
    return try outcome.0.get()
  }

  static func wrongFormat(_ repository: RepositoryRecord) -> APIError {
    let format = repository.fields.value["format"]?.string ?? ""
    return .invalid(
      "Repository \"\(repository.name)\" is of format \(format), not PYTHON")
  }
}

/// A repository that a caller may read, at one time.
struct RepositoryView {
  let repository: RepositoryRecord
  let sources: PackageSources
  let state: State
  let now: Int64

  /// The files of a package, by name. A package without files does not exist.
  func files(of package: String) throws(APIError) -> [PackageFileRecord] {
    let found = try sources.files(of: package, state)
    guard !found.isEmpty else {
      throw APIError(.notFound, "Package \"\(package)\" not found")
    }
    return found
  }

  /// The file with a name.
  func file(_ name: String, of package: String) throws(APIError) -> PackageFileRecord {
    guard let file = try files(of: package).first(where: { $0.fileName == name }) else {
      throw Self.noFile(name)
    }
    return file
  }

  static func noFile(_ name: String) -> APIError {
    APIError(.notFound, "File \"\(name)\" not found")
  }
}
