import Diagnostics
import JSON
import Kinds
import Model
import TestSupport
import Testing

@testable import Rendering

/// The report of enabled services that no manifest declares.
@Suite struct UndeclaredServicesTests {
  private func services(_ count: Int, in project: String = PlanFixture.project) -> [Address] {
    (10..<10 + count).map { Address(project: project, .service, "s\($0).googleapis.com") }
  }

  private func plan(_ undeclared: [Address]) -> Plan {
    PlanFixture.plan([], undeclared: undeclared)
  }

  private func text(_ plan: Plan, show: Set<PlanShow> = []) -> String {
    PlanText(style: TextStyle(style: Style(isColored: false), width: 80), show: show).render(plan)
  }

  @Test func textHasALineForEachProject() {
    let shown = text(
      plan([PlanFixture.address(.role, "r")] + services(12) + services(1, in: "other")))
    #expect(
      shown == """
        warning[AR0311]: 1 live resource is undeclared
          role/r
          to write it down: arctl get my-project-id/role/r

        warning[AR0318]: 13 services are enabled that no manifest declares
          my-project-id: s10.googleapis.com, s11.googleapis.com, s12.googleapis.com,
          s13.googleapis.com, s14.googleapis.com, s15.googleapis.com,
          s16.googleapis.com, s17.googleapis.com, s18.googleapis.com, s19.googleapis.com
          and 2 more: --show undeclared
          other: s10.googleapis.com
          Google's default services of new projects (22, table of 2026-11-29) and the
          services that arctl calls are not counted

        No changes. 41 resources match 9 manifest files.

        """)
  }

  @Test func allAreShownOnRequest() {
    let shown = text(plan(services(40)), show: [.undeclared])
    for service in services(40) { #expect(shown.contains(service.id)) }
    #expect(!shown.contains("more"))
  }

  @Test func twentyProjectsHaveALine() {
    let many = (10..<32).flatMap { services(1, in: "project-\($0)") }
    let shown = text(plan(many))
    #expect(shown.contains("\n  project-29: s10.googleapis.com\n"))
    #expect(shown.contains("\n  and 2 more projects: --show undeclared\n"))
    #expect(text(plan(many), show: [.undeclared]).contains("  project-31: s10.googleapis.com\n"))
  }

  @Test func markdownHasALineForEachProject() {
    let shown = PlanMarkdown().render(plan(services(11) + services(1, in: "other")))
    #expect(
      shown == """
        ### arctl plan: no changes

        No changes. 41 resources match 9 manifest files.

        12 services are enabled that no manifest declares:

        - `my-project-id`: \((10..<20).map { "`s\($0).googleapis.com`" }.joined(separator: ", ")) and 1 more
        - `other`: `s10.googleapis.com`

        Google's default services of new projects (22, table of 2026-11-29) and the services that arctl calls are not counted.

        """)
  }

  @Test func jsonHasEachByItsAddress() throws {
    let plan = plan(services(12))
    let value = PlanJSON.value(plan)
    #expect(value["undeclared"]?.array?.count == 12)
    #expect(value["undeclared"]?.array?.first == "my-project-id/service/s10.googleapis.com")
    #expect(value["changes"] == [])
    #expect(value["summary"]?["undeclared"] == 12)
    let bytes = PlanJSON.saved(plan, createdAt: "2026-11-21T01:00:00Z").serialized(.pretty)
    let saved = try SavedPlan(parsing: bytes, kinds: .google)
    #expect(saved.plan.undeclared == plan.undeclared)
    #expect(text(saved.plan) == text(plan))
  }

  @Test func namesCannotWriteToTheTerminal() {
    let odd = Address(project: PlanFixture.project, .service, "a\u{1B}[2Jb")
    #expect(!text(plan([odd])).contains("\u{1B}"))
    #expect(!PlanMarkdown().render(plan([odd])).contains("\u{1B}"))
  }

  @Test func nothingIsReportedWithoutServices() {
    let report = UndeclaredServices([PlanFixture.address(.role, "r")])
    #expect(report.isEmpty)
    #expect(report.lines().isEmpty)
    #expect(report.exception == nil)
  }
}
