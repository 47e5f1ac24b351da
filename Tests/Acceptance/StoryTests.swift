import Foundation
import Testing

/// Tests of the binaries: each story in `Stories/` runs in its own folder.
@Suite struct StoryTests {
  @Test(arguments: Story.all) func story(_ story: Story) async {
    await runStory(story)
  }

  @Test func thereAreStories() {
    #expect(Story.all.count >= 12)
  }
}

/// Runs a story on its own thread, which may block, and records a failure. A story that mostly waits does not count
/// against the limit of concurrent stories.
func runStory(_ story: Story, mostlyWaits: Bool = false) async {
  let failure: String? = await withCheckedContinuation { continuation in
    (mostlyWaits ? waitingRoom : stage).async {
      continuation.resume(returning: reasonToFail(story))
    }
  }
  if let failure { Issue.record("\(failure)") }
}

/// At most two stories at once: each starts its own programs.
private let stage = OperationQueue(width: 2)
private let waitingRoom = OperationQueue(width: 4)

extension OperationQueue {
  fileprivate convenience init(width: Int) {
    self.init()
    maxConcurrentOperationCount = width
  }

  fileprivate func async(_ body: @escaping @Sendable () -> Void) { addOperation(body) }
}

/// Nil, or the reason and the whole transcript.
private func reasonToFail(_ story: Story) -> String? {
  let run: StoryRun
  do {
    run = try StoryRun(story)
  } catch {
    return "\(story.name): \(error)"
  }
  defer { run.tearDown() }
  do {
    try run.run()
    if ProcessInfo.processInfo.environment["STORY_TRANSCRIPTS"] != nil { print(run.transcript) }
    return nil
  } catch {
    return "\(story.name), \(error)\n\(run.transcript)"
  }
}
