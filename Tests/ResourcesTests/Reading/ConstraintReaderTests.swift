import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// Whether an organisation forbids the keys of a plan: only a clear answer counts.
@Suite struct ConstraintReaderTests {
  private static let path = "/v2/projects/p/policies/"
  private let stage: LiveStage
  private var cloud: FakeCloud { stage.cloud }

  init() throws { stage = try LiveStage() }

  private func answer(
    _ constraint: OrganisationConstraint, _ rules: JSONValue, name: String? = nil, status: Int = 200
  ) {
    let body: JSONValue = [
      "name": .string(name ?? "projects/1/policies/\(constraint.rawValue)"),
      "spec": ["rules": rules],
    ]
    cloud.on(
      "GET \(Self.path)\(constraint.rawValue):getEffectivePolicy", .json(body, status))
  }

  private func enforced(_ origins: DesiredKey.Origin...) async -> Set<OrganisationConstraint> {
    let reader = ConstraintReader(client: stage.client)
    let keys = origins.map { Make.key(origin: $0) }
    return await reader.enforced(on: keys)["p", default: []]
  }

  @Test func eachOriginHasItsConstraints() async throws {
    answer(.keyUpload, [["enforce": true]])
    answer(.managedKeyUpload, [["enforce": false]])
    #expect(await enforced(.uploaded, .uploaded) == [.keyUpload])
    #expect(cloud.requests.count == 2)
    answer(.keyCreation, [["enforce": false]])
    answer(.managedKeyCreation, [["enforce": true]])
    #expect(await enforced(.google) == [.managedKeyCreation])
    #expect(cloud.requests.count == 4)
    #expect(await enforced(.external).isEmpty)
    #expect(cloud.requests.count == 4)
  }

  @Test(
    arguments: [
      [], [["enforce": false]], [["enforce": "true"]], ["x"], "x", .null, [["denyAll": true]],
      [["enforce": true, "condition": ["expression": "resource.matchTag('1/env', 'prod')"]]],
      [["enforce": true, "parameters": ["allowed": ["x"]]]],
      [["enforce": true], ["enforce": false]],
    ] as [JSONValue])
  func anythingElseForbidsNothing(rules: JSONValue) async throws {
    answer(.keyUpload, rules)
    answer(.managedKeyUpload, [["enforce": true]], name: "projects/1/policies/iam.other")
    #expect(await enforced(.uploaded).isEmpty)
  }

  @Test(arguments: [403, 404, 400]) func aRefusalForbidsNothing(status: Int) async throws {
    answer(.keyUpload, [["enforce": true]], status: status)
    answer(.managedKeyUpload, [["enforce": true]], status: status)
    #expect(await enforced(.uploaded).isEmpty)
  }
}
