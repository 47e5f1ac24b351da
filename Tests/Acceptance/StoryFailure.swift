/// Why a story ended early: an expectation of a step failed, or the step is not valid.
struct StoryFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
