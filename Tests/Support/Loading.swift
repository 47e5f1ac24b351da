package import DesiredState
package import Diagnostics
package import Manifests
package import Model
import Platform

/// Manifests in memory, read as a run would read them.
package struct Loading {
  package static let stack = """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: test}
    spec:
      defaults: {project: my-project-id, location: us-east4}

    """

  /// 2026-11-21T00:00:00Z
  package static let now = 1_795_219_200.0

  package var options = LoadOptions(paths: ["/manifests"])
  package var files: [(path: String, text: String)] = []
  package var kinds = KindSet.google
  /// Unix seconds, for `until`.
  package var now = Self.now

  package init(_ text: String) { files = [("/manifests/a.yaml", text)] }

  package func run() -> LoadResult {
    let fileSystem = MemoryFileSystem()
    for file in files {
      let folder = "/" + file.path.split(separator: "/").dropLast().joined(separator: "/")
      try? fileSystem.makeFolders(folder, permissions: 0o755)
      try? fileSystem.append(Array(file.text.utf8), to: file.path)
    }
    return loadManifests(options, kinds: kinds, fileSystem: fileSystem, now: now)
  }

  /// The graph of a set that must be valid.
  package static func graph(
    _ text: String, kinds: KindSet = .google
  ) throws(Unsound) -> DesiredGraph {
    var loading = Loading(text)
    loading.kinds = kinds
    let result = loading.run()
    guard let graph = result.graph else { throw Unsound(diagnostics: result.diagnostics) }
    return graph
  }
}

package struct Unsound: Error, CustomStringConvertible {
  package var diagnostics: [Diagnostic]
  package init(diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
  package var description: String {
    diagnostics.map { "\($0.code.rawValue) \($0.position?.description ?? "-"): \($0.message)" }
      .joined(separator: "\n")
  }
}

/// A finding at one place.
package struct Found: Hashable, Comparable, CustomStringConvertible {
  package var code: String
  package var line: Int
  package var column: Int
  package init(_ code: String, _ line: Int, _ column: Int) {
    (self.code, self.line, self.column) = (code, line, column)
  }
  package init(_ diagnostic: Diagnostic) {
    self.init(
      diagnostic.code.rawValue, diagnostic.position?.line ?? 0, diagnostic.position?.column ?? 0)
  }
  package var description: String { "\(code) \(line):\(column)" }
  package static func < (left: Found, right: Found) -> Bool {
    (left.line, left.column, left.code) < (right.line, right.column, right.code)
  }
}

/// Source text with a mark such as `«AR0104»` before each place of an expected diagnostic.
package struct MarkedText {
  package var text = ""
  package var expected: [Found] = []

  package init(_ marked: String) {
    for (index, line) in marked.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      var plain = ""
      var rest = line
      while let open = rest.firstIndex(of: "«"), let close = rest.firstIndex(of: "»") {
        plain += rest[..<open]
        expected.append(
          Found(
            String(rest[rest.index(after: open)..<close]), index + 1,
            plain.unicodeScalars.count + 1))
        rest = rest[rest.index(after: close)...]
      }
      text += plain + rest + "\n"
    }
    expected.sort()
  }
}
