package import Testing

/// Asserts that work grows like its input: four times the input takes about four times the steps, and far fewer than the
/// sixteen times of what is quadratic.
///
/// Steps are counted by the code itself, so that the verdict is the same on every machine.
package func expectLinear(
  from size: Int, sourceLocation: SourceLocation = #_sourceLocation,
  _ steps: (Int) throws -> Int
) rethrows {
  let small = try steps(size)
  let large = try steps(4 * size)
  #expect(small > 0, "nothing is counted", sourceLocation: sourceLocation)
  #expect(
    large <= 8 * small + 1000, "\(small) steps for \(size), \(large) for \(4 * size)",
    sourceLocation: sourceLocation)
}
