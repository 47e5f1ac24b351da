/// Why a story ended early: a step that did not find what it expects, or that cannot be read.
struct StoryFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
