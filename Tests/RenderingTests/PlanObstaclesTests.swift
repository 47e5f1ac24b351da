import Diagnostics
import Model
import TestSupport
import Testing

@testable import Rendering

@Suite struct PlanObstaclesTests {
  /// Blocked rows as annotations: each with its place, what to do, and the author's note.
  @Test func blockedRowsHaveTheirPlaceInTheManifests() {
    var plan = PlanFixture.page
    plan.changes.append(
      Change(address: PlanFixture.address(.role, "r"), action: .unreadable, source: nil))
    plan.changes[plan.changes.count - 1].reason = "403"
    plan.changes[plan.changes.count - 1].remarks = ["needs the permission a.b.c"]
    plan.changes[plan.changes.count - 1].note = "ask ana"
    #expect(
      plan.obstacles.map(\.gitHubAnnotation) == [
        "::error file=manifests/old.yaml,line=3,col=1,endColumn=2,title=AR0207::"
          + "`my-project-id/repository/us/maven-old` is refused: cannot be changed in place; "
          + "replacing would delete 312 GB%0Ahelp: lifecycle.allowReplace: true here, and "
          + "--allow-replace my-project-id/repository/us/maven-old",
        "::error title=AR0402::`my-project-id/role/r` could not be read: 403"
          + "%0Ahelp: needs the permission a.b.c%0Anote: ask ana",
      ])
  }
}
