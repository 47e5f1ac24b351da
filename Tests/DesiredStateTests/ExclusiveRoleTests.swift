import DesiredState
import Diagnostics
import Model
import TestSupport
import Testing

@Suite struct ExclusiveRoleTests {
  private func binding(_ name: String, _ spec: String) -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: IAMBinding
    metadata: {name: \(name)}
    spec: {resource: repository/packages, role: roles/artifactregistry.reader, \(spec)}

    """
  }

  private static let condition = "condition: {title: t, expression: 'true'}"

  @Test func itCountsForEveryEntryOfTheRole() throws {
    let graph = try Loading.graph(
      PolicyTests.base
        + binding("one", "members: ['user:a@example.com'], exclusive: role")
        + binding("two", "members: ['user:b@example.com'], exclusive: role, \(Self.condition)")
        + binding("gone", "absent: ['user:c@example.com'], until: 2030-01-01"))
    let entries = try #require(graph.policies[PolicyTests.repository.policy]?.entries)
    #expect(entries.count == 3)
    #expect(entries.allSatisfy { $0.exclusiveRole != nil && !$0.exclusive })
  }

  @Test(arguments: [
    "members: ['user:b@example.com']", "members: ['user:b@example.com'], exclusive: true",
    "members: ['user:b@example.com'], exclusive: false", "members: [], exclusive: true",
    "members: ['user:b@example.com'], \(condition)",
    "members: ['user:b@example.com'], exclusive: true, \(condition)",
    "members: [], exclusive: role, \(condition)",
  ])
  func aContradictingEntryIsAnError(other: String) {
    let text =
      PolicyTests.base + binding("one", "members: ['user:a@example.com'], exclusive: role")
      + binding("two", other)
    let found = Loading(text).run().diagnostics.filter { $0.severity == .error }
    #expect(found.map(\.code) == [.bindingConflict], "\(found)")
    // Both lines are shown.
    #expect(found.first?.related.count == 1)
  }

  @Test(arguments: ["exclusive: roles", "exclusive: 'yes'", "exclusive: 1"])
  func otherWordsAreRefused(text: String) {
    let found = Loading(
      PolicyTests.base + binding("one", "members: ['user:a@example.com'], \(text)")
    ).run().diagnostics
    #expect(found.map(\.code) == [.wrongType])
    #expect(found.first?.message.contains("true, false or role") == true)
  }
}
