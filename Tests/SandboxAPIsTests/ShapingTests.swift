import Testing

@testable import SandboxAPIs

@Suite struct ShapingTests {
  @Test func deepPartialMasksAreHarmless() {
    _ = FieldSelection(String(repeating: "a(", count: 400))
    #expect(FieldSelection(String(repeating: "(", count: 100_000)).inner.isEmpty)
  }
}
