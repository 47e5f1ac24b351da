import JSON
package import SandboxWire

/// PyPI's own hosts, answered from a folder: the index in HTML (PEP 503) and JSON (PEP 691), and the files.
package struct PublicIndex: Sendable {
  let folder: UpstreamFolder

  /// The hosts of PyPI that are answered for. Uploads go to another one.
  package static let hosts = ["pypi.org", "files.pythonhosted.org"]

  /// The index of a folder.
  package init(_ folder: UpstreamFolder) { self.folder = folder }

  /// The answer to a request for one of the hosts; nil for every other request.
  package func answer(_ request: WireRequest) -> WireResponse? {
    let host = request.host
    guard Self.hosts.contains(host) else { return nil }
    guard request.method == "GET" || request.method == "HEAD" else {
      return PackageAnswers.notAllowed("GET, HEAD")
    }
    let files = folder.look()
    if let problem = files.problem { return PackageAnswers.text(503, "\(problem)\n") }
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      .map { PercentEncoding.decode($0) ?? "/" }
    return host == Self.hosts[0]
      ? page(parts, of: files, for: request) : content(parts, of: files, for: request)
  }

  private func page(
    _ parts: [String], of files: UpstreamFiles, for request: WireRequest
  ) -> WireResponse {
    guard parts.first == "simple" else { return Self.unserved }
    switch parts.dropFirst() {
    case []: return PackageAnswers.moved(to: "/simple/")
    case [""]: return list(files, for: request)
    case let rest where rest.count == 1 || (rest.count == 2 && rest.last == ""):
      let name = rest.first ?? ""
      guard let package = PackageName.normalized(name), let found = files.packages[package] else {
        return PackageAnswers.text(404, "Not found: it is not in the folder of --upstream.\n")
      }
      guard package == name, rest.count == 2 else {
        return PackageAnswers.moved(to: "/simple/\(package)/")
      }
      return links(package, found, for: request)
    default: return Self.unserved
    }
  }

  private func list(_ files: UpstreamFiles, for request: WireRequest) -> WireResponse {
    let names = files.packages.keys.sorted()
    guard Self.wantsJSON(request) else {
      let links = names.map { "    <a href=\"/simple/\($0)/\">\($0)</a><br>\n" }.joined()
      return Self.html("Simple index", links, for: request)
    }
    return Self.json(
      ["projects": .array(names.map { ["name": .string($0)] })], for: request)
  }

  private func links(
    _ package: String, _ files: [UpstreamFiles.File], for request: WireRequest
  ) -> WireResponse {
    guard Self.wantsJSON(request) else {
      let links = files.map { file in
        "    <a href=\"\(Self.url(of: file))#sha256=\(file.sha256)\">\(file.name.fileName)</a><br>\n"
      }
      return Self.html("Links for \(package)", links.joined(), for: request)
    }
    return Self.json(
      [
        "name": .string(package),
        "versions": .array(Set(files.map(\.name.version.text)).sorted().map { .string($0) }),
        "files": .array(
          files.map { file in
            [
              "filename": .string(file.name.fileName), "url": .string(Self.url(of: file)),
              "hashes": ["sha256": .string(file.sha256)], "size": .integer(file.size),
              "upload-time": .string(Timestamps.text(file.modified)), "yanked": false,
            ]
          }),
      ], for: request)
  }

  /// The address of a file, in the form of PyPI's: its directories are a hash.
  private static func url(of file: UpstreamFiles.File) -> String {
    let hash = file.sha256
    return "https://\(hosts[1])/packages/\(hash.prefix(2))/\(hash.dropFirst(2).prefix(2))/"
      + "\(hash.dropFirst(4))/\(file.name.fileName)"
  }

  private func content(
    _ parts: [String], of files: UpstreamFiles, for request: WireRequest
  ) -> WireResponse {
    let all = files.packages.values.joined()
    guard parts.count == 5, parts[0] == "packages",
      let file = all.first(where: {
        $0.name.fileName == parts[4] && $0.sha256 == parts[1] + parts[2] + parts[3]
      }), let content = folder.open(file), content.size == file.size
    else { return PackageAnswers.text(404, "Not found\n") }
    return PackageAnswers.file(file.record(in: ""), content, for: request)
  }

  private static let unserved = PackageAnswers.text(
    404, "Of PyPI, the sandbox serves the index below /simple/ and its files only.\n")

  // MARK: Forms

  private static let jsonType = "application/vnd.pypi.simple.v1+json"

  /// Whether the client takes the index as JSON. All that do prefer it.
  private static func wantsJSON(_ request: WireRequest) -> Bool {
    (request.headers["accept"] ?? "").split(separator: ",").contains { part in
      let words = part.split(separator: ";").map { String($0).trimmingSpaces().lowercased() }
      return [jsonType, "application/vnd.pypi.simple.latest+json"].contains(words.first)
        && !words.dropFirst().contains { $0.wholeMatch(of: /q=0(\.0*)?/) != nil }
    }
  }

  private static func json(_ members: JSONObject, for request: WireRequest) -> WireResponse {
    var object = members
    object["meta"] = ["api-version": "1.1"]
    return PackageAnswers.page(JSONValue.object(object).serialized(), type: jsonType, for: request)
  }

  private static func html(
    _ title: String, _ links: String, for request: WireRequest
  ) -> WireResponse {
    let text = """
      <!DOCTYPE html>
      <html>
        <head>
          <meta name="pypi:repository-version" content="1.1">
          <title>\(title)</title>
        </head>
        <body>
          <h1>\(title)</h1>
      \(links)  </body>
      </html>

      """
    return PackageAnswers.page(Array(text.utf8), for: request)
  }
}
