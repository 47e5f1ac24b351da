import JSON
import SandboxStore
import SandboxWire

/// The pages of the package index: HTML (PEP 503) and JSON (PEP 691), with sizes and times (PEP 700).
enum SimpleIndex {
  /// A form of a page.
  enum Form: String, CaseIterable, Sendable {
    case html = "text/html; charset=utf-8"
    case versionedHTML = "application/vnd.pypi.simple.v1+html"
    case json = "application/vnd.pypi.simple.v1+json"

    /// The names for it in an Accept header.
    fileprivate var names: [String] {
      switch self {
      case .html: ["text/html"]
      case .versionedHTML: [rawValue, "application/vnd.pypi.simple.latest+html"]
      case .json: [rawValue, "application/vnd.pypi.simple.latest+json"]
      }
    }

    /// The form that an Accept header prefers; HTML if it has no preference, nil if none is acceptable.
    init?(accepting header: String?) {
      guard let header, !header.trimmingSpaces().isEmpty else {
        self = .html
        return
      }
      let ranges = header.split(separator: ",").map { HeaderParameters($0) }
      var best: (form: Form, quality: Double)?
      for form in Form.allCases {
        let quality = form.quality(in: ranges)
        if quality > best?.quality ?? 0 { best = (form, quality) }
      }
      guard let best else { return nil }
      self = best.form
    }

    /// The quality in the most specific range that covers this form.
    private func quality(in ranges: [HeaderParameters]) -> Double {
      func find(_ wanted: [String]) -> Double? {
        ranges.first { wanted.contains($0.value) }
          .map { $0["q"].flatMap(Double.init) ?? 1 }
      }
      return find(names) ?? find([rawValue.hasPrefix("text") ? "text/*" : "application/*"])
        ?? find(["*/*"]) ?? 0
    }
  }

  static func packages(_ names: [String], _ form: Form) -> [UInt8] {
    if form == .json {
      let value: JSONValue = [
        "meta": ["api-version": "1.1"],
        "projects": .array(names.map { ["name": .string($0)] }),
      ]
      return value.serialized()
    }
    let links = names.map { "    <a href=\"\($0)/\">\($0)</a><br>\n" }.joined()
    return html("Simple index", links)
  }

  static func package(_ name: String, files: [PackageFileRecord], as form: Form) -> [UInt8] {
    form == .json ? json(name, files).serialized() : html("Links for \(name)", links(files))
  }

  private static func html(_ title: String, _ links: String) -> [UInt8] {
    Array(
      """
      <!DOCTYPE html>
      <html>
        <head>
          <meta name="pypi:repository-version" content="1.1">
          <title>\(title)</title>
        </head>
        <body>
      \(links)  </body>
      </html>

      """.utf8)
  }

  /// Relative to `simple/PACKAGE/`, so that the links work under every name of the server.
  private static func address(_ file: PackageFileRecord) -> String {
    "../../\(file.package)/\(file.fileName)"
  }

  private static func links(_ files: [PackageFileRecord]) -> String {
    files.map { file in
      var line = "    <a href=\"\(address(file))#sha256=\(file.sha256)\""
      if !file.requiresPython.isEmpty {
        line += " data-requires-python=\"\(escaped(file.requiresPython))\""
      }
      if let metadata = file.metadata {
        let mark = "sha256=\(WheelMetadata.hash(metadata))"
        line += " data-core-metadata=\"\(mark)\" data-dist-info-metadata=\"\(mark)\""
      }
      return line + ">\(file.fileName)</a><br>\n"
    }.joined()
  }

  private static func escaped(_ text: String) -> String {
    let names: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"]
    return text.map { names[$0] ?? String($0) }.joined()
  }

  private static func json(_ name: String, _ files: [PackageFileRecord]) -> JSONValue {
    [
      "meta": ["api-version": "1.1"], "name": .string(name),
      "versions": .array(Set(files.map(\.version)).sorted().map { .string($0) }),
      "files": .array(files.map(json)),
    ]
  }

  private static func json(_ file: PackageFileRecord) -> JSONValue {
    var object: JSONObject = [
      "filename": .string(file.fileName), "url": .string(address(file)),
      "hashes": ["sha256": .string(file.sha256)], "size": .integer(file.size),
      "upload-time": .string(Timestamps.text(file.createTime)), "yanked": false,
    ]
    if !file.requiresPython.isEmpty { object["requires-python"] = .string(file.requiresPython) }
    if let metadata = file.metadata {
      object["core-metadata"] = ["sha256": .string(WheelMetadata.hash(metadata))]
    }
    return .object(object)
  }
}
