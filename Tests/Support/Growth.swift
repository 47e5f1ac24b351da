package import Testing

/// Asserts that work grows linearly: four times the input needs about four times the steps, far fewer than the sixteen
/// times of quadratic work.
///
/// The code itself counts its steps, so the verdict is the same on every machine.
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
