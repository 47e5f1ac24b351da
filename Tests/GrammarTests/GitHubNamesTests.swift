import Model
import Testing

@testable import Grammar

@Suite struct GitHubNamesTests {
  private func expect(
    _ rule: (String) -> Problem?, _ cases: [(name: String, problem: String?)],
    _ location: SourceLocation = #_sourceLocation
  ) {
    for (name, problem) in cases {
      let found = rule(name)?.message
      let fits = problem.map { found?.contains($0) == true } ?? (found == nil)
      #expect(fits, "\(name): \(found ?? "-")", sourceLocation: location)
    }
  }

  @Test func repositories() {
    expect(
      GitHubNames.repository,
      [
        ("acme/lib", nil), ("Acme/Lib.js", nil), ("octo_acme/.github", nil), ("a/b", nil),
        ("acme", "OWNER/REPOSITORY"), ("acme/lib/x", "OWNER/REPOSITORY"), ("", "OWNER/REPOSITORY"),
        ("/lib", "owner"), ("acme/", "repository"), ("-acme/lib", "owner"), ("ac me/lib", "owner"),
        ("acme/..", "repository"), ("acme/.", "repository"), ("acme/lib.git", ".git"),
        ("https://github.com/acme/lib", "OWNER/REPOSITORY"), ("acme/li\nb", "repository"),
        ("acme/lïb", "repository"), (String(repeating: "a", count: 40) + "/b", "39"),
        ("a/" + String(repeating: "b", count: 101), "100"),
      ])
  }

  @Test func secrets() {
    expect(
      GitHubNames.secret,
      [
        ("GCP_KEY", nil), ("gcp_key", nil), ("_x", nil), ("K9", nil), ("GITHUB", nil),
        ("", "empty"), ("9K", "digit"), ("GITHUB_KEY", "GITHUB_"), ("github_key", "GITHUB_"),
        ("a-b", "letters"), ("a b", "letters"), ("ñ", "letters"), ("${x}", "letters"),
        (String(repeating: "A", count: 201), "at most 200"),
      ])
  }

  @Test func environments() {
    expect(
      GitHubNames.environment,
      [
        ("prod", nil), ("release/eu", nil), ("Über uns", nil), ("a.b", nil), ("", "empty"),
        (".", "`.`"), ("..", "`..`"), (" a", "space"), ("a\n", "control"),
        ("a\u{202E}b", "control"), ("a\u{200B}b", "control"), ("\u{1B}[2J", "control"),
        (String(repeating: "e", count: 256), "255"),
      ])
  }

  @Test func hosts() {
    expect(
      GitHubNames.host,
      [
        ("github.com", nil), ("github.example.com", nil), ("octocorp.ghe.com", nil),
        ("https://github.example.com", "without"), ("github.example.com/api/v3", "without"),
        ("github.example.com:8443", "port"), ("GitHub.example.com", "lower case"),
        ("localhost", "host"), ("a.localhost", "this machine"), ("127.0.0.1", "address"),
        ("", "host"), ("git hub.com", "host"),
      ])
  }
}
