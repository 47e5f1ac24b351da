import Platform

/// `arctl version`
enum VersionVerb {
  static func run(_ context: RunContext) -> Outcome {
    context.console.out("arctl \(arctlVersion)\n")
    return .success
  }
}
