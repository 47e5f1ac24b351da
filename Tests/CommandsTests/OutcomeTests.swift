import Model
import TestSupport
import Testing

@testable import Commands

@Suite struct OutcomeTests {
  @Test func exitCodesAreStable() {
    let codes = Set(Outcome.allCases.map(\.code))
    #expect(codes == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 64, 129, 130, 143])
    #expect(codes.count == Outcome.allCases.count)
  }

  @Test func precedenceIsStable() {
    #expect(
      Outcome.allCases.map(\.code) == [64, 3, 130, 143, 129, 4, 5, 6, 9, 7, 8, 1, 2, 0])
    #expect(Outcome.first(of: [.changes, .refused, .stale]) == .refused)
    #expect(Outcome.first(of: [.incomplete, .keys]) == .keys)
    #expect(Outcome.first(of: []) == .success)
  }

  @Test func aFailureTakesPrecedenceOverSkippedOperations() {
    let a = PlanFixture.operation("a")
    var report = ExecutionReport()
    report.record(.finished(a, OperationResult(), took: .zero))
    report.record(
      .failed(a, OperationFailure(.access, call: "POST x: 403", message: "no"), took: .zero))
    report.record(.skipped(a, because: a.id))
    report.record(.notStarted(a))
    #expect(Outcome.first(of: report.outcomes) == .access)
  }
}
