import Glibc
import Platform
import Testing

@Suite struct ChildProcessTests {
  func shell(_ script: String, ownGroup: Bool = false) throws -> ChildProcess {
    try ChildProcess(
      "/bin/sh", arguments: ["-c", script],
      environment: ["PATH": "/usr/bin:/bin", "NAME": "value"],
      output: .lines, ownGroup: ownGroup)
  }

  @Test func readsTheFirstLineAndTheStatus() async throws {
    let child = try shell("echo \"$NAME $#\"; echo more; exit 7")
    #expect(await child.firstLine(within: .seconds(3600)) == "value 0")
    #expect(await child.wait() == .exited(7))
    #expect(child.status == .exited(7))
    #expect(await child.firstLine(within: .zero) == "value 0")
    #expect(await child.terminate(grace: .seconds(10)) == .exited(7))
  }

  @Test func aMissingLineTimesOut() async throws {
    let child = try shell("exec sleep 3600")
    #expect(await child.firstLine(within: .milliseconds(20)) == nil)
    #expect(child.status == nil)
    #expect(await child.terminate(grace: .seconds(10)) == .signalled(SIGTERM))
  }

  @Test func anEndWithoutALineIsDetectedAtOnce() async throws {
    let child = try shell("printf unfinished")
    #expect(await child.firstLine(within: .seconds(3600)) == nil)
    #expect(await child.wait() == .exited(0))
  }

  @Test func inputStaysOpenWhileThisProcessLives() async throws {
    let child = try ChildProcess(
      "/bin/sh", arguments: ["-c", "echo ready; cat; exit 5"],
      environment: ["PATH": "/usr/bin:/bin"],
      input: .untilWeEnd, output: .lines)
    #expect(await child.firstLine(within: .seconds(3600)) == "ready")
    try await Task.sleep(for: .milliseconds(50))
    #expect(child.status == nil)
    #expect(await child.terminate(grace: .seconds(10)) == .signalled(SIGTERM))
  }

  @Test func killsWhatDoesNotEnd() async throws {
    let child = try shell("trap '' TERM; echo ready; while :; do sleep 0.05; done")
    #expect(await child.firstLine(within: .seconds(3600)) == "ready")
    #expect(await child.terminate(grace: .milliseconds(50)) == .signalled(SIGKILL))
  }

  @Test func ignoredSignalsAreNotInherited() async throws {
    ignoreSIGPIPE()
    let child = try shell("kill -PIPE $$; exit 3")
    #expect(await child.wait() == .signalled(SIGPIPE))
  }

  @Test func ownGroup() async throws {
    let child = try shell("exec sleep 3600", ownGroup: true)
    #expect(getpgid(child.id) == child.id)
    await child.terminate(grace: .seconds(10))
    let other = try shell("exec sleep 3600")
    #expect(getpgid(other.id) == getpgid(0))
    await other.terminate(grace: .seconds(10))
  }

  @Test func aMissingProgramIsAnError() {
    let error = #expect(throws: FileError.self) {
      _ = try ChildProcess("/no/such/program", arguments: [], environment: [:], output: .lines)
    }
    #expect(error?.code == ENOENT)
  }

  @Test func manyAtOnceSeeTheirOwnPipesEnd() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<16 {
        group.addTask {
          let child = try shell("echo \(number)")
          let line = await child.firstLine(within: .seconds(3600))
          return await child.wait() == .exited(0) && line == "\(number)"
        }
      }
      for try await good in group { #expect(good) }
    }
  }
}

@Suite struct SystemTests {
  @Test func environment() {
    setenv("ARCTL_PLATFORM_TEST", "a=b", 1)
    let environment = ProcessEnvironment.current
    #expect(environment["ARCTL_PLATFORM_TEST"] == "a=b")
    #expect(environment["ARCTL_NOT_SET"] == nil)
    #expect(ProcessEnvironment(["A": ""]).nonEmpty("A") == nil)
  }

  @Test func clocks() async throws {
    let clock = SystemClock()
    let (start, wall) = (clock.uptime, clock.now)
    try await clock.sleep(for: .milliseconds(20))
    #expect(clock.uptime - start >= .milliseconds(20))
    #expect(clock.now > wall)
    let (before, now, after) = (Double(time(nil)), clock.now, Double(time(nil)))
    #expect((before...after + 1).contains(now))
  }

  @Test func aCancelledSleepEnds() async {
    let task = Task { try await SystemClock().sleep(for: .seconds(1000)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test func random() {
    #expect(SystemRandom().bytes(33).count == 33)
    #expect(SystemRandom().bytes(32) != SystemRandom().bytes(32))
  }

  @Test func signalsArriveInAStream() async {
    let stream = Signal.stream(of: [.terminate])
    kill(getpid(), SIGTERM)
    var iterator = stream.makeAsyncIterator()
    #expect(await iterator.next() == .terminate)
  }
}
