import JSON
import Model
import TestSupport
import Testing

@testable import Rendering

@Suite struct ApplyProgressTests {
  private let a = PlanFixture.operation("a")
  private let b = PlanFixture.operation("b", .setPolicy(PolicyIntent(entries: [])))
  private let wide = TextStyle(width: 80)

  @Test func finishedAndFailedOperationsLeaveALineEach() {
    var progress = ApplyProgress(operationText: OperationText())
    #expect(progress.record(.began(operations: 3), at: .zero, style: wide) == nil)
    #expect(progress.record(.started(a), at: .zero, style: wide) == nil)
    let done = progress.record(
      .finished(a, OperationResult(detail: "key 1f2e"), took: .milliseconds(1234)),
      at: .seconds(1), style: wide)
    #expect(done?.text() == "  + created serviceAccount/a   key 1f2e   1.2s")
    let failure = OperationFailure(.access, call: "POST x: 403", message: "no")
    let failed = progress.record(.failed(b, failure, took: .seconds(65)), at: .zero, style: wide)
    #expect(failed?.text() == "  x failed: write serviceAccount/b   POST x: 403   1m05s")
    let skipped = progress.record(.skipped(a, because: b.id), at: .zero, style: wide)
    #expect(
      skipped?.text()
        == "  ? skipped create serviceAccount/a   needs create my-project-id/serviceAccount/b")
    #expect(progress.count == "3 of 3 done, 1 failed")
  }

  /// An operation that waits before a call is repeated does not look as if it worked.
  @Test func aRetryIsVisible() {
    var progress = ApplyProgress(operationText: OperationText())
    _ = progress.record(.began(operations: 2), at: .zero, style: wide)
    _ = progress.record(.started(a), at: .zero, style: wide)
    _ = progress.record(.started(b), at: .zero, style: wide)
    progress.wait(a, for: ("503", .seconds(4)))
    let lines = { (time: Duration) in
      progress.liveLines(at: time, style: wide, height: 24).map { $0.text() }
    }
    #expect(
      lines(.milliseconds(2500))[0]
        == "  + create serviceAccount/a   2.5s   503, again in 2s")
    #expect(!lines(.seconds(2))[1].contains("again"))
    #expect(progress.heartbeat(at: .seconds(2))?.hasSuffix("503, again in 2s") == true)
    progress.wait(a, for: nil)
    #expect(!lines(.seconds(4))[0].contains("again"))
    #expect(progress.inFlight == "create serviceAccount/a, write serviceAccount/b")
  }

  /// Counted as in the plan and the report: one call that enables three services counts as three.
  @Test func resourcesAreCountedNotCalls() {
    var progress = ApplyProgress(operationText: OperationText())
    var services = PlanFixture.operation("s")
    services.covers = (0..<3).map { PlanFixture.address(.service, "s\($0)") }
    _ = progress.record(.began(operations: 2, things: 4), at: .zero, style: wide)
    _ = progress.record(.started(services), at: .zero, style: wide)
    #expect(progress.count == "0 of 4 done")
    _ = progress.record(
      .finished(services, OperationResult(), took: .zero), at: .zero, style: wide)
    #expect(progress.count == "3 of 4 done")
    _ = progress.record(.notStarted(a), at: .zero, style: wide)
    #expect(progress.count == "4 of 4 done")
    var report = ExecutionReport()
    report.record(.finished(services, OperationResult(), took: .zero))
    report.record(.notStarted(a))
    #expect(ApplyReportText().render(report).contains("Apply: 3 done, 1 not started."))
  }

  @Test func aKeySaysWhereItsFileIsAndShortensItsID() {
    var progress = ApplyProgress(operationText: OperationText())
    let id = String(repeating: "8307484b97a8", count: 4).prefix(40)
    let result = OperationResult(detail: "key \(id)", file: ".arctl/sandbox/keys/k.json")
    let line = progress.record(
      .finished(a, result, took: .milliseconds(100)), at: .zero, style: TextStyle(width: 90))
    #expect(
      line?.text()
        == "  + created serviceAccount/a   key 8307484b97a8, in .arctl/sandbox/keys/k.json   0.1s")
    let narrow = progress.record(
      .finished(a, result, took: .milliseconds(100)), at: .zero, style: wide)
    #expect(
      narrow?.text() == """
          + created serviceAccount/a   0.1s
              key 8307484b97a8, in .arctl/sandbox/keys/k.json
        """)
  }

  @Test func liveLinesAreOneForEachRunningOperationAndACount() {
    var progress = ApplyProgress(operationText: OperationText())
    _ = progress.record(.began(operations: 9), at: .zero, style: wide)
    _ = progress.record(.started(a), at: .zero, style: wide)
    _ = progress.record(.started(b), at: .seconds(2), style: wide)
    let lines = progress.liveLines(at: .seconds(12), style: wide, height: 24).map { $0.text() }
    #expect(
      lines == [
        "  + create serviceAccount/a   12s", "  ~ write serviceAccount/b   10s", "0 of 9 done",
      ])
    let low = progress.liveLines(at: .seconds(12), style: wide, height: 3).map { $0.text() }
    #expect(low == ["  + create serviceAccount/a   12s", "  and 1 more", "0 of 9 done"])
  }

  @Test func liveLinesNeverWrap() {
    var progress = ApplyProgress(operationText: OperationText(showsProject: true))
    _ = progress.record(
      .started(PlanFixture.operation(String(repeating: "long", count: 40))), at: .zero, style: wide)
    for line in progress.liveLines(at: .seconds(3), style: TextStyle(width: 50), height: 24) {
      #expect(line.width < 50)
    }
  }

  @Test func theHeartbeatNamesTheOldestOperation() {
    var progress = ApplyProgress(operationText: OperationText())
    #expect(progress.heartbeat(at: .zero) == nil)
    _ = progress.record(.began(operations: 2), at: .zero, style: wide)
    _ = progress.record(.started(b), at: .seconds(5), style: wide)
    _ = progress.record(.started(a), at: .seconds(1), style: wide)
    #expect(
      progress.heartbeat(at: .seconds(31))
        == "... 0 of 2 done, 2 running; longest: create serviceAccount/a, 30s")
  }

  @Test(arguments: [
    (Duration.milliseconds(40), "0.0s"), (.milliseconds(60), "0.1s"),
    (.milliseconds(9_949), "9.9s"),
    (.milliseconds(9_950), "10s"), (.seconds(59), "59s"), (.seconds(60), "1m00s"),
    (.seconds(3_671), "61m11s"),
  ])
  func durationsAreShort(duration: Duration, text: String) {
    #expect(spoken(duration) == text)
  }

  @Test func theReportSaysWhatFailedAndWhy() {
    var report = ExecutionReport()
    report.record(
      .finished(a, OperationResult(detail: "", warnings: ["a spare key 12ab"]), took: .zero))
    report.record(
      .failed(
        b,
        OperationFailure(
          .access, call: "POST setIamPolicy: 403 PERMISSION_DENIED",
          message: "the permission resourcemanager.projects.setIamPolicy is missing",
          help: "roles/resourcemanager.projectIamAdmin has it"), took: .zero))
    report.record(.skipped(a, because: b.id))
    report.record(.notStarted(a))
    #expect(
      ApplyReportText().render(report) == """
        Failed:
          x write serviceAccount/b
              manifests/python.yaml:7
              POST setIamPolicy: 403 PERMISSION_DENIED
              the permission resourcemanager.projects.setIamPolicy is missing
              = help: roles/resourcemanager.projectIamAdmin has it

        Skipped:
          ? create serviceAccount/a   needs create my-project-id/serviceAccount/b

        Not started:
          ? create serviceAccount/a

        warning: serviceAccount/a: a spare key 12ab

        Apply: 1 done, 1 failed, 1 skipped, 1 not started.

        """)
    let noted = ApplyReportText(notes: [a.address: "not here", b.address: "ask ana"]).render(report)
    #expect(
      noted.contains("= help: roles/resourcemanager.projectIamAdmin has it\n      note: ask ana\n"))
    #expect(!noted.contains("not here"))
  }

  @Test func logLinesAreJSONObjectsWithATime() {
    let log = ApplyLogLine(time: "T")
    #expect(
      log.event(.finished(a, OperationResult(detail: "d"), took: .milliseconds(7))).text()
        == #"{"time":"T","event":"finished","operation":"create my-project-id/serviceAccount/a","#
        + #""address":"my-project-id/serviceAccount/a","source":{"file":"manifests/python.yaml","#
        + #""line":7,"column":1},"milliseconds":7,"detail":"d","warnings":[]}"#)
    #expect(log.footer(exitCode: 7).text() == #"{"time":"T","event":"ended","exit":7}"#)
  }
}
