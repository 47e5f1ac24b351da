import DesiredState
import Diagnostics
import JSON
import Model
import TestSupport
import Testing

/// The values of a saved plan count before defaults, and after everything else.
@Suite struct SavedVariableTests {
  private static let text = """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: test}
    spec:
      defaults: {project: my-project-id, location: us}
      variables:
        env: {default: dev}
        age: {type: map, default: {old: {days: 30d, dry: true}}}
        teams: {type: list, default: [web]}
        api_token: {default: none}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    each: {team: "${teams}"}
    metadata: {name: "app-${team}"}
    spec:
      format: docker
      description: "${env} ${api_token}"
      cleanupPolicyDryRun: ${age.old.dry}
      cleanupPolicies:
        old: {action: delete, condition: {olderThan: "${age.old.days}"}}

    """

  private func run(
    _ saved: [String: JSONValue], _ change: (inout Loading) -> Void = { _ in }
  ) -> LoadResult {
    var loading = Loading(Self.text)
    loading.options.savedVariables = saved
    change(&loading)
    return loading.run()
  }

  /// What a plan saves of its variables gives the same set again.
  @Test func effectiveValuesGiveTheSameSet() throws {
    let given = run([:]) {
      $0.options.variables = ["env": "prod", "teams": "a,b"]
      $0.options.variableFiles = ["/vars.yaml"]
      $0.files.append((path: "/vars.yaml", text: "age: {old: {days: 90d, dry: false}}\n"))
    }
    let first = try #require(given.graph, "\(given.diagnostics)")
    let again = run(first.stack.variables)
    let second = try #require(again.graph, "\(again.diagnostics)")
    #expect(first.stack.variables == second.stack.variables)
    #expect(first.resources.mapValues(\.spec) == second.resources.mapValues(\.spec))
    #expect(second.resources.count == 2)
  }

  @Test func everythingElseButADefaultWins() {
    let saved: [String: JSONValue] = ["env": "saved"]
    func env(_ change: (inout Loading) -> Void = { _ in }) -> JSONValue? {
      run(saved, change).graph?.stack.variables["env"]
    }
    #expect(env() == "saved")
    #expect(env { $0.options.environment = ["ARCTL_VAR_env": "environment"] } == "environment")
    #expect(env { $0.options.variables = ["env": "flag"] } == "flag")
    #expect(
      env {
        $0.options.variableFiles = ["/vars.yaml"]
        $0.files.append((path: "/vars.yaml", text: "env: file\n"))
      } == "file")
  }

  /// A value that the plan did not show is not taken, and a variable that the manifests no longer declare is no error.
  @Test func whatCannotBeTakenIsLeft() throws {
    let plain = try #require(run([:]).graph)
    #expect(plain.stack.variables["api_token"] == "(not shown)")
    let graph = try #require(
      run(["api_token": "(not shown)", "gone": "x", "env": 5, "teams": ["(not shown)"]]).graph)
    #expect(graph.stack.variables == plain.stack.variables)
    #expect(graph.resources.mapValues(\.spec) == plain.resources.mapValues(\.spec))
  }

  @Test func valuesAreChecked() {
    #expect(run(["teams": "web"]).diagnostics.first?.code == .variableValue)
    #expect(run(["env": ["a"]]).diagnostics.first?.code == .variableValue)
    let secret = run(["teams": ["ya29.a0AfH6SMBx7Jqnot-a-real-token-0123456789"]])
    #expect(secret.diagnostics.contains { $0.code == .secretInManifest })
  }
}
