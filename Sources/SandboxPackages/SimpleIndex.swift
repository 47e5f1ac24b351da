/// The page of the package index: HTML (PEP 503), without what later standards added to it. Which parts Artifact
/// Registry has is known only from what tools do with it (docs/sandbox.md#the-python-package-index).
enum SimpleIndex {
  /// The links to a package's files.
  static func page(of package: String, files: [PackageFileRecord]) -> [UInt8] {
    Array(
      """
      <!DOCTYPE html>
      <html>
        <head>
          <title>Links for \(package)</title>
        </head>
        <body>
          <h1>Links for \(package)</h1>
      \(files.map(link).joined())  </body>
      </html>

      """.utf8)
  }

  /// Relative to `simple/PACKAGE/`, so that the links work under every name of the server.
  private static func link(_ file: PackageFileRecord) -> String {
    var line =
      "    <a href=\"../../\(file.package)/\(file.fileName)#sha256=\(file.sha256)\""
    if !file.requiresPython.isEmpty {
      line += " data-requires-python=\"\(escaped(file.requiresPython))\""
    }
    return line + ">\(file.fileName)</a><br>\n"
  }

  private static func escaped(_ text: String) -> String {
    let names: [Character: String] = ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"]
    return text.map { names[$0] ?? String($0) }.joined()
  }
}
