import HTTP
import JSON
import Testing

@testable import GoogleCloud

/// The pauses before a run asks whether operations are done.
@Suite struct OperationPaceTests {
  /// Carries out operations that take `duration`, one after the other. The questions and the time of each.
  private func run(
    _ durations: [Duration], _ pace: inout OperationPace
  ) -> [(questions: Int, time: Duration)] {
    durations.map { duration in
      let pauses = pace.begin()
      let (questions, time, lastSeen) = ask(pauses, until: duration)
      pace.learn(pauses, isDone: lastSeen == nil)
      pace.learn(pauses, lastSeen: lastSeen)
      return (questions, time)
    }
  }

  private func ask(
    _ pauses: OperationPace.Pauses, until duration: Duration
  ) -> (Int, Duration, Duration?) {
    var pauses = pauses
    var (questions, time) = (0, Duration.zero)
    var lastSeen: Duration?
    while true {
      time += pauses.next()
      questions += 1
      if time >= duration { return (questions, time, lastSeen) }
      lastSeen = time
    }
  }

  /// The questions about an operation of this duration in a run that has learned nothing.
  private func usualQuestions(_ duration: Duration) -> Int {
    var pace = OperationPace()
    return run([duration], &pace)[0].questions
  }

  @Test func aFastServerIsAskedSoon() {
    var pace = OperationPace()
    let results = run(Array(repeating: .milliseconds(2), count: 60), &pace)
    #expect(results.allSatisfy { $0.questions == 1 })
    #expect(results[0].time == .milliseconds(50))
    #expect(results[59].time <= .milliseconds(7))
  }

  @Test(arguments: [20, 35, 49])
  func aShorterPauseIsTriedRarely(_ milliseconds: Int) {
    var pace = OperationPace()
    let results = run(Array(repeating: .milliseconds(milliseconds), count: 1000), &pace)
    #expect(results.count { $0.questions > 1 } <= 4)
    let last = results[999]
    #expect(last.questions == 1)
    #expect(last.time <= .milliseconds(50))
    #expect(last.time >= .milliseconds(milliseconds))
  }

  @Test(arguments: [51, 80, 200, 700, 1500, 3000, 10_000, 60_000, 300_000])
  func aSlowServerIsNeverAskedMoreOften(_ milliseconds: Int) {
    let duration = Duration.milliseconds(milliseconds)
    for warm in [1, 5, 40, 51, 1500, 3000, 60_000] {
      var pace = OperationPace()
      _ = run(Array(repeating: .milliseconds(warm), count: 30), &pace)
      for result in run(Array(repeating: duration, count: 20), &pace) {
        #expect(result.questions <= usualQuestions(duration), "\(milliseconds) after \(warm)")
      }
    }
  }

  @Test func aSlowServerIsAskedLessOftenAndLater() {
    var pace = OperationPace()
    let results = run(Array(repeating: .seconds(3), count: 10), &pace)
    #expect(results[9].questions < results[0].questions)
    #expect(results[9].time <= results[0].time)
  }

  @Test func aSlowerServerBringsTheUsualPauseBack() {
    var pace = OperationPace()
    _ = run(Array(repeating: .milliseconds(1), count: 60), &pace)
    _ = run([.milliseconds(40)], &pace)
    #expect(pace.begin().first == .milliseconds(50))
  }

  @Test func aServerOfChangingPaceIsTriedMoreAndMoreRarely() {
    var pace = OperationPace()
    let durations = (0..<3000).map { Duration.milliseconds($0 % 40 == 0 ? 45 : 5) }
    #expect(run(durations, &pace).count { $0.questions > 1 } <= 12)
  }

  @Test func onlyOneOperationAtATimeTriesAShorterPause() {
    var pace = OperationPace()
    _ = run(Array(repeating: .milliseconds(1), count: 8), &pace)
    let first = pace.begin()
    #expect(first.first == .milliseconds(25))
    #expect(pace.begin().first == .milliseconds(50))
    pace.release(first)
    #expect(pace.begin().first == .milliseconds(25))
  }

  @Test func callsOfOneMethodLearnTogether() async throws {
    let stage = Stage()
    let client = try stage.client()
    let name = OperationTests.name
    let operation = try JSONValue(parsing: Array(OperationTests.running.utf8))
    func wait(_ label: String) async throws {
      stage.transport.stub(.get, OperationTests.url, .json(#"{"name":"\#(name)","done":true}"#))
      _ = try await client.wait(for: operation, service: .artifactRegistry, label: label)
    }
    for index in 0..<9 { try await wait("artifactregistry.repositories.create us/r\(index)") }
    try await wait("artifactregistry.repositories.delete us/r")
    #expect(
      stage.clock.sleeps
        == Array(repeating: .milliseconds(50), count: 8) + [.milliseconds(25), .milliseconds(50)])
  }
}
