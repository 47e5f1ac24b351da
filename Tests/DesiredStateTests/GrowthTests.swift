import DesiredState
import Diagnostics
import TestSupport
import Testing

/// The cost of reading a set grows linearly with the set, whatever its contents.
@Suite struct GrowthTests {
  private func list(_ count: Int, _ element: (Int) -> String) -> String {
    (0..<count).map(element).joined(separator: ", ")
  }

  private func document(_ kind: String, _ name: String, _ rest: String) -> String {
    "---\napiVersion: arctl.dev/v1\nkind: \(kind)\nmetadata: {name: \"\(name)\"}\n\(rest)\n"
  }

  private func repositories(_ count: Int) -> String {
    (0..<count).map { document("Repository", "repo-\($0)", "spec: {format: python}") }.joined()
  }

  /// A Stack with a hundred variables at its end, as `variables` writes them.
  private func stack(_ variables: String) -> String {
    Loading.stack + "  variables:\n" + variables
  }

  @Test func tenThousandDocuments() throws {
    var loading = Loading(Loading.stack + document("ServiceAccount", "uploader", ""))
    for file in 0..<20 {
      let text = (0..<500).map {
        document(
          "Repository", "repo-\(file)-\($0)",
          """
          spec:
            format: python
            labels: {team: web, tier: gold}
            iam:
              - role: roles/artifactregistry.reader
                members: [group:readers@example.com, serviceAccount:uploader]
          """)
      }.joined()
      loading.files.append(("/manifests/\(file).yaml", text))
    }
    let result = loading.run()
    #expect(result.graph?.resources.count == 10_001, "\(Unsound(diagnostics: result.diagnostics))")
    #expect(result.graph?.policies.count == 10_000)
  }

  @Test func misspeltReferences() {
    expectLinear(from: 500) { count in
      var text = Loading.stack + repositories(count)
      for number in 0..<count {
        text += document(
          "IAMBinding", "b\(number)",
          "spec: {resource: repository/erpo-\(number), role: roles/viewer, members: [\"user:a@example.com\"]}"
        )
      }
      let result = Loading(text).run()
      let found = result.diagnostics.filter { $0.code == .danglingReference }
      #expect(found.count == count)
      // Each gets its own suggestion, also when there are many.
      for (number, diagnostic) in found.enumerated() {
        #expect(diagnostic.label == "did you mean `repo-\(number)`?")
      }
      return result.steps
    }
  }

  @Test func misspeltVariables() {
    expectLinear(from: 500) { count in
      let variables = (0..<count).map { "    declared\($0): {default: x}\n" }.joined()
      let labels = (0..<count).map { "    k\($0): ${decalred\($0)}\n" }.joined()
      let result = Loading(
        stack(variables)
          + document("Repository", "all", "spec:\n  format: python\n  labels:\n" + labels)
      ).run()
      #expect(result.diagnostics.count { $0.code == .undefinedVariable } == count)
      #expect(result.diagnostics.contains { $0.label == "did you mean `declared7`?" })
      return result.steps
    }
  }

  /// There are as many exceptions as instances.
  @Test func exceptionsOfTwoNames() throws {
    try expectLinear(from: 25) { count in
      // Four times the size is twice the length of each side.
      let side = count == 25 ? 20 : 40
      let all = (0..<side).flatMap { p in (1..<side).map { q in "{p: a\(p), q: b\(q)}" } }
      let result = Loading(
        Loading.stack
          + document(
            "ServiceAccount", "x-${p}-${q}",
            """
            each:
              p: [\(list(side) { "a\($0)" })]
              q: [\(list(side) { "b\($0)" })]
              except: [\(all.joined(separator: ", "))]
            """)
      ).run()
      let graph = try #require(result.graph, "\(Unsound(diagnostics: result.diagnostics))")
      #expect(graph.resources.count == side)
      return result.steps
    }
  }

  /// Exceptions that name every set of names, so that no single look-up finds them.
  @Test func exceptionsOfManyNames() throws {
    func steps(_ width: Int) throws -> Int {
      let names = (0..<width).map { "n\($0)" }
      let exceptions = (0..<width).flatMap { a in
        (a + 1..<width).map { b in "{n\(a): x, n\(b): x}" }
      }
      let result = Loading(
        Loading.stack
          + document(
            "ServiceAccount", "id" + names.map { "-${\($0)}" }.joined(),
            "each:\n" + names.map { "  \($0): [x, y]\n" }.joined()
              + "  except: [\(exceptions.joined(separator: ", "))]")
      ).run()
      // At most one `x`.
      let graph = try #require(result.graph, "\(Unsound(diagnostics: result.diagnostics))")
      #expect(graph.resources.count == width + 1)
      return result.steps
    }
    // 2,048 combinations and 55 exceptions: far fewer steps than their product.
    #expect(try steps(11) < 10_000)
  }

  @Test func variablesInOneText() {
    expectLinear(from: 1000) { count in
      let text = String(repeating: "${a}", count: count)
      let result = Loading(
        stack("    a: {default: x}\n")
          + document("ServiceAccount", "uploader", "spec: {description: \"\(text)\"}")
      ).run()
      return result.steps
    }
  }

  @Test func ambiguousReferences() throws {
    try expectLinear(from: 100) { count in
      var text =
        "apiVersion: arctl.dev/v1\nkind: Stack\nmetadata: {name: s}\n"
        + "spec: {defaults: {project: my-project-id}}\n"
      for number in 0..<count {
        text += document(
          "Repository", "same", "spec: {format: python, location: zone-a\(number)}")
        text += document(
          "IAMBinding", "b\(number)",
          "spec: {resource: repository/same, role: roles/viewer, members: [\"user:a@example.com\"]}"
        )
      }
      let result = Loading(text).run()
      let found = result.diagnostics.filter { $0.code == .ambiguousReference }
      #expect(found.count == count)
      let first = try #require(found.first)
      #expect(first.related.count == 10)
      #expect(first.help.first?.hasSuffix(" or one of \(count - 10) others") == true)
      return result.steps
    }
  }

  /// Each repository serves the next and the first one: as many cycles as repositories, each longer than the last.
  @Test func cycles() {
    expectLinear(from: 200) { count in
      var text = Loading.stack
      for number in 0..<count {
        let next = (number + 1) % count
        text += document(
          "Repository", "r\(number)",
          """
          spec:
            format: python
            mode: virtual
            virtualRepositoryConfig:
              upstreamPolicies: [{id: a, repository: r\(next), priority: 1}, {id: b, repository: r0, priority: 2}]
          """)
      }
      let result = Loading(text).run()
      #expect(result.diagnostics.contains { $0.code == .referenceCycle })
      let places = result.diagnostics.reduce(0) { $0 + $1.related.count }
      #expect(places < 20 * count)
      return result.steps
    }
  }

  @Test func mirrorsBeforeOwnPackages() {
    expectLinear(from: 100) { count in
      var text = Loading.stack + repositories(1)
      var upstreams = ["{id: own, repository: repo-0, priority: 1}"]
      for number in 0..<count {
        text += document(
          "Repository", "m\(number)",
          "spec: {format: python, mode: remote, remoteRepositoryConfig: {pythonRepository: {publicRepository: pypi}}}"
        )
        upstreams.append("{id: m\(number), repository: m\(number), priority: 1}")
      }
      text += document(
        "Repository", "all",
        "spec: {format: python, mode: virtual, virtualRepositoryConfig: {upstreamPolicies: [\(upstreams.joined(separator: ", "))]}}"
      )
      let result = Loading(text).run()
      return result.steps
    }
  }

  @Test func tokensOfOneFile() {
    expectLinear(from: 500) { count in
      let token = "ghp_" + String(repeating: "a1B2", count: 9)
      let result = Loading(
        Loading.stack + document("Repository", "all", "spec: {format: python}")
          + String(repeating: "# \(token)\n", count: count)
      ).run()
      #expect(result.diagnostics.count { $0.code == .secretInManifest } == count)
      return result.steps
    }
  }

  @Test(arguments: ["\n", ", "]) func namesThatSuggestSecrets(_ separator: String) {
    expectLinear(from: 500) { count in
      let fields = (0..<count).map { "token\($0): value\($0)" }
      let spec =
        separator == "\n"
        ? "spec:\n  format: python\n  \(fields.joined(separator: "\n  "))"
        : "spec: {format: python, \(fields.joined(separator: separator))}"
      let result = Loading(Loading.stack + document("Repository", "all", spec)).run()
      #expect(result.diagnostics.count == count)
      return result.steps
    }
  }

  @Test func aLongListWithIdsIsReadWhole() {
    let upstreams = (0..<5000).map {
      "      - {id: u\($0), repository: projects/p-one/locations/us-east4/repositories/r\($0)}\n"
    }.joined()
    let result = Loading(
      Loading.stack
        + document(
          "Repository", "all",
          "spec:\n  format: python\n  mode: virtual\n  virtualRepositoryConfig:\n    upstreamPolicies:\n"
            + upstreams)
    ).run()
    #expect(result.diagnostics.contains { $0.severity == .error })
  }

  /// A manifest of Google's limits is wrong, and its labels are not copied into thousands of repositories.
  @Test func tooManyDefaultLabelsAreNotMerged() {
    let labels = list(100) { "k\($0): v" }
    let result = Loading(
      "apiVersion: arctl.dev/v1\nkind: Stack\nmetadata: {name: s}\n"
        + "spec: {defaults: {project: my-project-id, location: us, labels: {\(labels)}}}\n"
        + repositories(1)
    ).run()
    #expect(result.diagnostics.map(\.message) == ["100 labels; there may be at most 64"])
  }
}
