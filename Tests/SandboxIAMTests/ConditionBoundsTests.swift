import Testing

@testable import SandboxIAM
@testable import SandboxStore
@testable import SandboxWire

/// The extreme times and lengths in conditions: an overflow, or an exhausted stack, would end the process.
@Suite struct ConditionBoundsTests {
  @Test(arguments: [
    "timestamp(\"9999-12-31T23:59:59Z\")"
      + String(repeating: " + duration(\"315575999999s\")", count: 29),
    "timestamp(\"0001-01-01T00:00:00Z\")"
      + String(repeating: " - duration(\"315575999999s\")", count: 29),
    "timestamp(\"9999-12-31T23:59:59Z\") + duration(\"1s\")",
    "timestamp(\"0000-12-31T23:59:59Z\")", "request.time + duration(\"999999999999s\")",
  ])
  func timesOutOfRangeGrantNothing(_ time: String) throws {
    let context = Condition.Context(
      now: RealTime.microseconds(), resource: .project("my-project"))
    for test in ["\(time) < request.time", "(\(time)).getHours(\"+23:59\") in [0, 12, 23]"] {
      _ = try ConditionParser.parse(test)
      for text in [test, "!(\(test))"] {
        let condition = PolicyRecord.Condition(
          title: "t", description: "", expression: text, location: "")
        #expect(!Condition.holds(condition, in: context), "\(text)")
      }
    }
  }

  @Test func theFirstAndLastTimesHavePartsInEveryZone() {
    let context = Condition.Context(now: 0, resource: .project("my-project"))
    for text in [
      "timestamp(\"9999-12-31T23:59:59Z\").getFullYear(\"+23:59\") == 10000",
      "timestamp(\"0001-01-01T00:00:00Z\").getFullYear(\"-23:59\") == 0",
    ] {
      let condition = PolicyRecord.Condition(
        title: "t", description: "", expression: text, location: "")
      #expect(Condition.holds(condition, in: context), "\(text)")
    }
  }

  @Test(arguments: [
    "resource.name" + String(repeating: ".extract(\"{a}\")", count: 200_000) + " == \"x\"",
    "resource.name" + String(repeating: ".extract(\"{a}\")", count: 101) + " == \"x\"",
    "request.time" + String(repeating: "+duration(\"1s\")", count: 200_000) + " > request.time",
    "request.time" + String(repeating: "-duration('1s')", count: 101) + " > request.time",
    "resource.name == \"" + String(repeating: "a", count: 8_000_000) + "\"",
    "resource.name in [" + String(repeating: "'a',", count: 3_000) + "'a']",
  ])
  func longExpressionsAreRefused(_ expression: String) {
    #expect(throws: ConditionError.self) { try ConditionParser.parse(expression) }
    // As in a row of an older sandbox: it grants nothing.
    let condition = PolicyRecord.Condition(
      title: "t", description: "", expression: expression, location: "")
    let context = Condition.Context(now: 0, resource: .project("my-project"))
    #expect(!Condition.holds(condition, in: context))
  }

  @Test func aHundredStepsAreAccepted() throws {
    let chain = String(repeating: ".extract(\"{a}\")", count: 100)
    _ = try ConditionParser.parse("resource.name\(chain) == \"x\"")
  }
}
