import SandboxCalls
import SandboxIAM
import SandboxStore
package import SandboxWire

/// The data plane of the service: the index, the files and the entry point for uploads.
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
    case .missingSlash(let place):
      let name = place == "simple/" ? "simple" : PackageName.normalized(place.dropLast())
      return name.map { PackageAnswers.redirect(to: "\($0)/") } ?? unserved(request)
    case .packages:
      let names = try admitted(gate, caller: &caller) { (sources, state) throws(APIError) in
        try sources.packages(state)
      }
      return page(request) { SimpleIndex.packages(names, $0) }
    case .package(let name):
      guard let package = PackageName.normalized(name) else { return unserved(request) }
      let files = try files(of: package, gate, &caller)
      guard package == name else { return PackageAnswers.redirect(to: "../\(package)/") }
      return page(request) { SimpleIndex.package(package, files: files, as: $0) }
    case .file(let package, let name):
      let normal = PackageName.normalized(package) ?? ""
      return file(name, of: try files(of: normal, gate, &caller), for: request)
    case .repository, .unknown:
      _ = try admitted(gate, caller: &caller) { (_, _) throws(APIError) in true }
      return unserved(request)
    }
  }

  private func unserved(
    _ request: WireRequest, _ response: WireResponse = PackageAnswers.unserved
  ) -> WireResponse {
    logUnserved(request)
    return response
  }

  private func page(
    _ request: WireRequest, _ render: (SimpleIndex.Form) -> [UInt8]
  ) -> WireResponse {
    guard let form = SimpleIndex.Form(accepting: request.headers["accept"]) else {
      return PackageAnswers.text(
        406,
        "The index comes as \(SimpleIndex.Form.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return PackageAnswers.page(render(form), type: form.rawValue, for: request)
  }

  private func files(
    of package: String, _ gate: PackageGate, _ caller: inout Principal?
  ) throws(APIError) -> [PackageFileRecord] {
    let found = try admitted(gate, caller: &caller) { (sources, state) throws(APIError) in
      try sources.files(of: package, state)
    }
    guard !found.isEmpty else {
      throw APIError(.notFound, "Package \"\(package)\" not found")
    }
    return found
  }

  private func file(
    _ name: String, of files: [PackageFileRecord], for request: WireRequest
  ) -> WireResponse {
    if let file = files.first(where: { $0.fileName == name }),
      let content = blobs?.open(file.blob)
    {
      return PackageAnswers.file(file, content, for: request)
    }
    if let metadata = files.first(where: { "\($0.fileName).metadata" == name })?.metadata {
      return PackageAnswers.page(
        Array(metadata.utf8), type: "application/octet-stream", for: request)
    }
    return PackageAnswers.text(404, "File \"\(name)\" not found")
  }

  /// Authenticates, authorizes, and queries the sources of the repository, all on one state.
  private func admitted<Result: Sendable>(
    _ gate: PackageGate, caller: inout Principal?,
    ask: (PackageSources, State) throws(APIError) -> Result
  ) throws(APIError) -> Result {
    let outcome = look { (state, now) -> (Swift.Result<Result, APIError>, Principal?) in
      var admitted: Principal?
      do throws(APIError) {
        let repository = try gate.admit(state, settings, now: now, caller: &admitted)
        guard repository.fields.value["format"]?.string == "PYTHON" else {
          throw Self.wrongFormat(repository)
        }
        let sources = PackageSources(
          of: repository, state, baseURL: settings.baseURL, now: now)
        return (.success(try ask(sources, state)), admitted)
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
