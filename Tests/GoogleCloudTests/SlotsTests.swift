import Testing

@testable import GoogleCloud

@Suite struct SlotsTests {
  @Test func aCancelledWaiterReleasesItsPlace() async {
    let slots = Slots(1)
    let gate = Box(false)
    let holder = Task {
      await slots.run { while !gate.value.withLock({ $0 }) { await Task.yield() } }
    }
    for _ in 0..<50 { await Task.yield() }
    let waiter = Task { await slots.run { true } }
    for _ in 0..<50 { await Task.yield() }
    waiter.cancel()
    #expect(await waiter.value == nil)
    gate.value.withLock { $0 = true }
    #expect(await holder.value != nil)
    #expect(await slots.run { 7 } == 7)
  }

  @Test func thousandsOfWaitersAreAllServed() async {
    let slots = Slots(4)
    let total = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<5000 {
        group.addTask {
          await slots.run {
            await Task.yield()
            return 1
          } ?? 0
        }
      }
      return await group.reduce(0, +)
    }
    #expect(total == 5000)
  }
}
