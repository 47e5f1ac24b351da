import Diagnostics
import Manifests
import Model
import TestSupport
import Testing

@Suite struct EachTests {
  static let stack = """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: test}
    spec:
      defaults: {project: my-project-id, location: us}
      variables:
        teams:
          type: list
          default:
            - {name: payments, group: group:pay@example.com}
            - {name: web, group: group:web@example.com}
        sizes: {type: map, default: {small: {days: 7d}, large: {days: 30d}}}

    """

  @Test func everyCombinationButTheExceptions() throws {
    let graph = try Loading.graph(
      Self.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: "${team.name}-${env}-${size}"}
        each:
          team: "${teams}"
          env: [dev, prod]
          size: "${sizes}"
          except: [{team: web, env: prod}, {size: small, env: prod}]
        spec:
          format: npm
          iam: [{role: roles/artifactregistry.reader, members: ["${team.group}"]}]
          cleanupPolicies: {old: {action: delete, condition: {olderThan: "${size.days}"}}}
        """)
    #expect(
      graph.resources.keys.map(\.id).sorted() == [
        "payments-dev-large", "payments-dev-small", "payments-prod-large", "web-dev-large",
        "web-dev-small",
      ])
    let address = Address(project: "my-project-id", .repository, "us", "payments-prod-large")
    let one = try #require(graph.resources[address])
    #expect(one.source.instance == "team=payments, env=prod, size=large")
    #expect(one.spec["cleanupPolicies"]?["old"]?["condition"]?["olderThan"] == "2592000s")
    #expect(one.positions["format"]?.instance == "team=payments, env=prod, size=large")
    #expect(
      graph.policies[address.policy]?.entries.first?.members.map(\.text) == [
        "group:pay@example.com"
      ])
  }

  @Test func oneMistakeIsReportedOnce() {
    let result = Loading(
      Self.stack.replacing(
        "        sizes: {type: map, default: {small: {days: 7d}, large: {days: 30d}}}\n", with: ""
      )
      .replacing(
        "    sizes: {type: map, default: {small: {days: 7d}, large: {days: 30d}}}\n", with: "")
          + """
          ---
          apiVersion: arctl.dev/v1
          kind: Repository
          metadata: {name: "${team.name}"}
          each: {team: "${teams}"}
          spec: {format: nmp}
          """
    ).run()
    #expect(result.diagnostics.map(\.code) == [.badEnumValue])
    #expect(result.diagnostics.first?.position?.instance == "team=payments")
  }

  @Test func sameIdentityTwiceIsADuplicate() {
    let result = Loading(
      Loading.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: same}
        each: {team: [a, b]}
        spec: {format: npm, description: "${team}"}
        """
    ).run()
    #expect(result.diagnostics.map(\.code) == [.duplicateResource])
  }

  @Test func namesOfTheStackAreNotHidden() {
    let result = Loading(
      Self.stack + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: "${teams}-${sizes}"}
        each: {teams: [a, b]}
        spec: {format: npm}
        """
    ).run()
    #expect(result.diagnostics.map(\.code) == [.badEach])
  }
}
