import GoogleCloud

/// Where Actions secrets and variables are: in a repository, or in one of its environments.
public struct GitHubPlace: Sendable, Hashable, CustomStringConvertible {
  /// `OWNER/REPO`.
  public let repository: String
  /// The environment; nil for the repository itself.
  public let environment: String?

  /// Nil for a repository that is not two names, and for names that HTTP clients would take out of a path.
  public init?(repository: String, environment: String? = nil) {
    let names = repository.split(separator: "/", omittingEmptySubsequences: false)
    let all = names + (environment.map { [$0[...]] } ?? [])
    guard names.count == 2, all.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
      return nil
    }
    self.repository = repository
    self.environment = environment
  }

  public var description: String {
    environment.map { "\(repository), environment \($0)" } ?? repository
  }

  /// The path of its secrets: `/repos/O/R/actions/secrets`, or `/repos/O/R/environments/E/secrets`.
  var secrets: String { path(of: "secrets") }

  /// The path of its variables: `/repos/O/R/actions/variables`, or `/repos/O/R/environments/E/variables`.
  var variables: String { path(of: "variables") }

  private func path(of things: String) -> String {
    let parent = environment.map { ["environments", $0] } ?? ["actions"]
    return APIPath.join(
      ["repos"] + repository.split(separator: "/").map(String.init) + parent + [things])
  }
}
