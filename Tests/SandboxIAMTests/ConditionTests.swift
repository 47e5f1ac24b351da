import Testing

@testable import SandboxIAM
@testable import SandboxStore
@testable import SandboxWire

@Suite struct ConditionTests {
  /// Saturday, 21 November 2026, 23:30:15.250 UTC.
  private static let now = (Timestamps.parse("2026-11-21T23:30:15.250Z") ?? 0)

  private func holds(_ expression: String, on resource: Resource? = nil) -> Bool {
    let condition = PolicyRecord.Condition(
      title: "t", description: "", expression: expression, location: "")
    let context = Condition.Context(
      now: Self.now,
      resource: resource
        ?? .repository(project: "my-project", location: "us-east4", id: "team-a-lib"))
    return Condition.holds(condition, in: context)
  }

  @Test(arguments: [
    "request.time < timestamp(\"2026-11-22T00:00:00Z\")",
    "request.time >= timestamp('2026-11-21T23:30:15.25Z')",
    "request.time > date(\"2026-11-21\")",
    "timestamp(\"2026-11-21T00:00:00Z\") + duration(\"86400s\") > request.time",
    "request.time - duration(\"1.5s\") < request.time",
    "request.time.getFullYear() == 2026 && request.time.getMonth() == 10",
    "request.time.getDate() == 21 && request.time.getDayOfMonth() == 20",
    "request.time.getDayOfWeek() == 6 && request.time.getDayOfYear() == 324",
    "request.time.getHours() == 23 && request.time.getMinutes() == 30",
    "request.time.getSeconds() == 15 && request.time.getMilliseconds() == 250",
    "request.time.getDayOfWeek(\"+01:00\") == 0 && request.time.getHours('-01:30') == 22",
    "request.time.getHours(\"UTC\") in [22, 23]",
    "resource.name == \"projects/my-project/locations/us-east4/repositories/team-a-lib\"",
    "resource.name.startsWith('projects/my-project/') && resource.name.endsWith(\"-lib\")",
    "resource.name.extract(\"/repositories/{name}\").startsWith(\"team-a-\")",
    "resource.name.extract(\"locations/{place}/\") in ['us-east4', 'us']",
    "resource.name.extract(\"/packages/{package}\") == \"\"",
    "resource.type == \"artifactregistry.googleapis.com/Repository\"",
    "resource.service != \"storage.googleapis.com\"",
    "!(resource.name.endsWith('x') || false)",
    "resource.type != 'a/B' || request.time < timestamp('never')",
    "(true)", "true && (false || true)", "-1 < 0", "'\\'' == \"'\"",
  ])
  func grants(_ expression: String) throws {
    _ = try ConditionParser.parse(expression)
    #expect(holds(expression))
  }

  @Test(arguments: [
    "request.time > timestamp(\"2026-11-22T00:00:00Z\")", "request.time.getHours() == 0",
    "resource.name.startsWith(\"/projects\")", "resource.name.endsWith('lib-and-more')",
    "resource.type == \"artifactregistry.googleapis.com/Package\"", "false", "!true",
    "false && request.time < timestamp('never')",
    // A malformed time never grants, whatever surrounds it.
    "request.time < timestamp(\"tomorrow\")",
    "!(request.time < timestamp(\"2026-02-31T00:00:00Z\"))",
    "request.time < date(\"soon\")", "request.time + duration(\"1h\") > request.time",
  ])
  func grantsNothing(_ expression: String) throws {
    _ = try ConditionParser.parse(expression)
    #expect(!holds(expression))
  }

  @Test(arguments: [
    ("", 1), ("request.time", 1), ("request.time < 5", 14), ("request.time.getHours", 22),
    ("request.time.getHours(\"Europe/Berlin\") > 8", 23), ("request.time.getYear() > 8", 14),
    ("request.auth.claims == 'x'", 1), ("resource.labels == 'x'", 1), ("principal.type == 'x'", 1),
    ("api.getAttribute('x', []).hasOnly(['y'])", 1), ("resource.matchTag('a/b', 'c')", 1),
    ("destination.port == 22", 1), ("resource.name.matches('x')", 15),
    ("resource.name.contains('x')", 15), ("resource.name < 'x'", 15),
    ("resource.name.extract('x') == ''", 15), ("resource.name.extract('{a}{b}') == ''", 15),
    ("true ? true : false", 6), ("true &&", 8), ("(true", 6), ("true)", 5), ("'x", 1),
    ("1 + 1 == 2", 3), ("'a' + 'b' == 'ab'", 5), ("true && 1", 10), ("!1", 3), ("# true", 1),
    ("resource.name in ['a', 1]", 25), ("has(resource.name)", 1), ("true == true == 1", 14),
    ("99999999999999999999 == 1", 1),
  ])
  func refuses(_ expression: String, _ column: Int) {
    let error = #expect(throws: ConditionError.self) { try ConditionParser.parse(expression) }
    #expect(error?.column == column, "\(expression): \(error.map(String.init(describing:)) ?? "")")
  }

  @Test func operatorsAndDepthAreLimited() throws {
    let many = { (count: Int) in Array(repeating: "true", count: count).joined(separator: " && ") }
    _ = try ConditionParser.parse(many(13))
    #expect(throws: ConditionError.self) { try ConditionParser.parse(many(14)) }
    let deep = String(repeating: "(", count: 100_000) + "true"
    #expect(throws: ConditionError.self) { try ConditionParser.parse(deep) }
    #expect(throws: ConditionError.self) {
      try ConditionParser.parse(String(repeating: "!", count: 100_000) + "true")
    }
  }
}
