import DesiredState
import Diagnostics
import JSON
import Manifests
import Model
import TestSupport
import Testing

@Suite struct VariablesTests {
  static let stack = """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: test}
    spec:
      defaults: {project: "shop-${env}-1", location: us}
      variables:
        env: {default: dev, oneOf: [dev, prod]}

    """
  static let repository = """
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: "app-${env}"}
    spec: {format: npm, description: "costs $${env} in ${env}"}

    """

  private func run(_ change: (inout Loading) -> Void = { _ in }) -> LoadResult {
    var loading = Loading(Self.stack + Self.repository)
    change(&loading)
    return loading.run()
  }

  private func value(_ result: LoadResult) -> String? {
    result.graph?.resources.values.first?.spec["description"]?.string
  }

  @Test func flagsWinOverFilesOverTheEnvironmentOverDefaults() {
    let file = (path: "/vars.yaml", text: "env: prod\n")
    #expect(value(run()) == "costs ${env} in dev")
    #expect(
      value(run { $0.options.environment = ["ARCTL_VAR_env": "prod", "PATH": "/bin"] })
        == "costs ${env} in prod")
    #expect(
      value(
        run {
          $0.options.environment = ["ARCTL_VAR_env": "dev"]
          $0.options.variableFiles = [file.path]
          $0.files.append(file)
        }) == "costs ${env} in prod")
    #expect(
      value(
        run {
          $0.options.variables = ["env": "dev"]
          $0.options.variableFiles = [file.path]
          $0.files.append(file)
        }) == "costs ${env} in dev")
  }

  @Test func effectiveValuesAreKept() {
    let graph = run { $0.options.variables = ["env": "prod"] }.graph
    #expect(graph?.stack.variables == ["env": "prod"])
    #expect(
      graph?.resources.keys.first
        == Address(project: "shop-prod-1", .repository, "us", "app-prod"))
  }

  @Test func valuesFromOutsideAreChecked() {
    let wrong = run { $0.options.variables = ["env": "prd"] }
    #expect(wrong.diagnostics.map { Found($0) } == [Found("AR0132", 7, 5)])
    #expect(wrong.diagnostics.first?.label == "did you mean `prod`?")
    let unknown = run { $0.options.variables = ["enw": "prod"] }
    #expect(unknown.diagnostics.map(\.code) == [.undefinedVariable])
    let secret = run { $0.options.variables = ["env": "ya29.a0AfH6SMBx7Jqnot"] }
    #expect(secret.graph == nil)
    #expect(!"\(secret.diagnostics)".contains("a0AfH6"))
  }

  @Test func listsAndMapsAreWholeValues() throws {
    let graph = try Loading.graph(
      """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: test}
      spec:
        defaults: {project: my-project-id, location: us}
        variables:
          labels: {type: map, default: {team: web, tier: gold}}
          readers: {type: list, default: ["group:a@example.com", "${not.again}"]}
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: "app-${labels.tier}"}
      spec: {format: npm, labels: "${labels}"}
      """.replacing("\"${not.again}\"", with: "\"group:b@example.com\"")
        + "\n" + """
          ---
          apiVersion: arctl.dev/v1
          kind: IAMBinding
          metadata: {name: read}
          spec: {resource: repository/app-gold, role: roles/artifactregistry.reader, members: "${readers}"}
          """)
    let repository = Address(project: "my-project-id", .repository, "us", "app-gold")
    #expect(graph.resources[repository]?.spec["labels"] == ["team": "web", "tier": "gold"])
    #expect(graph.policies[repository.policy]?.entries.first?.members.count == 2)
  }

  @Test func replacedTextIsNotEvaluatedAgain() throws {
    var loading = Loading(
      Self.stack.replacing(", oneOf: [dev, prod]", with: "")
        .replacing("shop-${env}-1", with: "my-project-id")
        + Self.repository.replacing("app-${env}", with: "app"))
    loading.options.variables = ["env": "${env}: [a, *b]"]
    let result = loading.run()
    #expect(
      value(result) == "costs ${env} in ${env}: [a, *b]",
      "\(Unsound(diagnostics: result.diagnostics))")
  }

  @Test func aLostDocumentDoesNotMakeVariablesUnused() {
    var loading = Loading(Self.stack.replacing("shop-${env}-1", with: "my-project-id"))
    loading.files.append(("/manifests/b.yaml", Self.repository + "  - : {"))
    #expect(!loading.run().diagnostics.contains { $0.code == .unusedVariable })
  }

  /// A field that is missing only because its value could not be evaluated is not a second mistake.
  @Test(arguments: [
    #"iam: [{role: roles/viewer, members: ["${nope}"]}]"#,
    #"iam: [{role: roles/viewer, members: ["user:a@example.com"], absent: ["${nope}"]}]"#,
    #"cleanupPolicies: {old: {action: delete, condition: "${nope}"}}"#,
    #"labels: {"${nope}": x}"#,
    #"labels: {"a": "${nope}"}"#,
    #""${nope}": x"#,
    #"mode: remote, remoteRepositoryConfig: {"${nope}": x}"#,
    #"mode: "${nope}", remoteRepositoryConfig: {pythonRepository: {publicRepository: pypi}}"#,
  ])
  func oneMistakeIsOneError(field: String) {
    let result = Loading(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: libs}
        spec: {format: python, \(field)}

        """
    ).run()
    #expect(result.diagnostics.count == 1, "\(Unsound(diagnostics: result.diagnostics))")
    #expect(result.graph == nil)
  }

  @Test(arguments: ["services", "labels"])
  func oneMistakeInAProjectIsOneError(field: String) {
    let value = field == "services" ? #"["${nope}"]"# : #"{"${nope}": x}"#
    let result = Loading(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Project
        metadata: {name: my-project-id}
        spec: {\(field): \(value)}

        """
    ).run()
    #expect(result.diagnostics.count == 1, "\(Unsound(diagnostics: result.diagnostics))")
  }

  /// The rest of a map that lost a key is still checked.
  @Test func otherMistakesBesideAreFound() {
    let result = Loading(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: libs}
        spec:
          "${nope}": x
          format: pyhton
          labels: {"${nope}": x, other: [y]}

        """
    ).run()
    #expect(
      result.diagnostics.map(\.code) == [.badValue, .badEnumValue, .badValue, .wrongType],
      "\(Unsound(diagnostics: result.diagnostics))")
  }
}
