import Testing

@testable import SandboxIAM
@testable import SandboxStore

@Suite struct OtherAttributesTests {
  @Test(arguments: [
    "resource.matchTag('123/env', 'prod')", "!resource.hasTagKey(\"123/env\")",
    "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/viewer'])",
    "destination.ip == '10.0.0.1' && destination.port == 22",
    "'accessPolicies/1/accessLevels/a' in request.auth.access_levels",
    "request.time < timestamp('2030-01-01T00:00:00Z') && resource.matchTagId('tagKeys/1', 'tagValues/2')",
  ])
  func otherAttributesAreAcceptedAndNeverGrant(_ expression: String) {
    #expect(OtherAttributes.areUsed(in: expression))
    let condition = PolicyRecord.Condition(
      title: "t", description: "", expression: expression, location: "")
    let context = Condition.Context(now: 0, resource: .project("my-project"))
    #expect(!Condition.holds(condition, in: context))
  }

  @Test(arguments: [
    "resource.nosuch == 'x'", "'resource.matchTag('", "resource.matchTag('a', 'b'",
    "resource.matchTag('a, b)", "resource.matchTag('a']", "xresource.matchTag('a', 'b')",
    "resource.name.startsWith('destination.ip')",
    "",
  ])
  func otherAttributesAreRefused(_ expression: String) {
    #expect(!OtherAttributes.areUsed(in: expression))
  }
}
