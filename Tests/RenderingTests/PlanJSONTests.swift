import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@testable import Rendering

@Suite struct PlanJSONTests {
  @Test func hasTheKeysOfFormatVersionTwo() throws {
    let value = PlanJSON.value(PlanFixture.page)
    #expect(
      value.object?.keys == [
        "formatVersion", "id", "complete", "variables", "selection", "allowances", "summary",
        "changes", "undeclared", "undeclaredMembers", "notChecked", "diagnostics",
      ])
    #expect(value["formatVersion"] == 2)
    #expect(value["complete"] == true)
    #expect(value["summary"]?["membersRemoved"] == 1)
    #expect(value["undeclared"]?.array?.first == "my-project-id/repository/us-east4/tmp-joe")
    let first = try #require(value["changes"]?.array?.first)
    #expect(
      first.object?.keys == [
        "address", "project", "kind", "action", "source", "fields", "reason", "waitsFor",
      ])
    #expect(first["source"] == ["file": "manifests/python.yaml", "line": 21, "column": 1])
    #expect(first["fields"]?.array?.first?["to"] == "PyPI uploader")
  }

  @Test func leavesOutWhatIsUnchangedUnlessAsked() {
    #expect(PlanJSON.value(PlanFixture.page)["changes"]?.array?.count == 4)
    #expect(PlanJSON.value(PlanFixture.page, show: [.unchanged])["changes"]?.array?.count == 7)
  }

  @Test func onlyASavedPlanHasATime() {
    #expect(PlanJSON.value(PlanFixture.page)["createdAt"] == nil)
    #expect(PlanJSON.saved(PlanFixture.page, createdAt: "now")["createdAt"] == "now")
  }

  @Test func aSavedPlanPrintsAsTheOneItWasMadeFrom() throws {
    var elsewhere = PlanFixture.page
    elsewhere.inputs = PlanInputs(project: "p-one", location: "us", projects: "p-*")
    for plan in [PlanFixture.page, PlanFixture.corners, PlanFixture.ended, elsewhere] {
      let bytes = PlanJSON.saved(plan, createdAt: "2026-11-21T01:00:00Z").serialized(.pretty)
      let saved = try SavedPlan(parsing: bytes, kinds: .google)
      #expect(saved.createdAt == "2026-11-21T01:00:00Z")
      #expect(saved.isIntact)
      #expect(saved.plan.inputs == plan.inputs)
      let text = PlanText(
        style: TextStyle(style: Style(isColored: true), width: 120), values: PlanFixture.values)
      #expect(text.render(saved.plan) == text.render(plan))
      #expect(PlanJSON.value(saved.plan) == PlanJSON.value(plan))
      #expect(PlanMarkdown().render(saved.plan) == PlanMarkdown().render(plan))
    }
  }

  @Test(arguments: [
    ("{", "it is not JSON"),
    ("{}", "it is not a saved plan of format version 2"),
    (#"{"formatVersion": 1}"#, "it is not a saved plan of format version 2"),
    (#"{"formatVersion": 2, "id": null}"#, "it was not made by `--out`"),
    (#"{"formatVersion": 2, "id": null, "createdAt": "x"}"#, "`selection` is missing"),
    (#"{"formatVersion": 2, "createdAt": "x"}"#, "`id` is missing"),
  ])
  func aFileThatIsNotASavedPlanIsAnError(text: String, message: String) {
    #expect {
      try SavedPlan(parsing: Array(text.utf8), kinds: .google)
    } throws: { error in
      (error as? SavedPlanError)?.message.contains(message) == true
    }
  }

  @Test func aWrongMemberIsNamedByItsPath() throws {
    let value = PlanJSON.saved(PlanFixture.page, createdAt: "x").text()
      .replacing(#""line":13"#, with: #""line":"13""#)
    #expect {
      try SavedPlan(parsing: Array(value.utf8), kinds: .google)
    } throws: { error in
      (error as? SavedPlanError)?.message
        == "`changes[1].source.line` is missing or of the wrong type"
    }
  }
}
