import DesiredState
import Diagnostics
import TestSupport
import Testing

/// The error of a mistake says what to type instead.
@Suite struct WhatToTypeTests {
  /// A line of a Repository's spec, and the advice of its only error.
  @Test(arguments: [
    ("lifecycle: {protect: true}", "this goes beside `spec`, not into it"),
    ("each: {team: [a, b]}", "this goes beside `spec`, not into it"),
    ("labels: {Cost-Centre: x}", "write `cost-centre`"),
    ("labels: {team: Platform Team}", "write `platform-team`"),
    ("labels: {9: x}", ""),
    ("labels: [cost-centre=4711]", "write labels: {KEY: VALUE}"),
    ("labels: text", "write labels: {KEY: VALUE}"),
    ("cleanupPolicies: [old]", "write cleanupPolicies: {ID: ...}"),
    ("dockerConfig: text", "its fields are immutableTags"),
    ("cleanupPolicies: {old: text}", "write {action: ...}"),
    ("description: {a: b}", ""),
  ])
  func ofAField(_ line: String, _ help: String) throws {
    let error = try only(
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: packages}
      spec:
        format: python
        \(line)
      """)
    #expect(help.isEmpty ? error.help.isEmpty : said(error).contains(help), "\(error)")
  }

  /// A member or condition of a grant, and the advice of its only error.
  @Test(arguments: [
    ("members: [group: a@example.com]", "write `group:a@example.com`, without a space"),
    (
      "members: [\"serviceAccount:ci-publisher@my-project-id.iam.gserviceacount.com\"]",
      "did you mean `serviceAccount:ci-publisher@my-project-id.iam.gserviceaccount.com`?"
    ),
    ("members: [\"serviceAccount:ana@example.com\"]", "write `user:ana@example.com` or `group:"),
    (
      "members: [\"group:a@example.com, user:b@example.com\"]",
      "[\"group:a@example.com\", \"user:b@example.com\"]"
    ),
    ("members: [\"group: a@example.com\"]", "write `group:a@example.com`"),
    ("members: [\"group:a@example\"]", "a comma starts another member"),
    ("members: [example]", "if that is a ServiceAccount of the set"),
    (
      "members: [\"group:a@example.com\"], condition: text",
      "write condition: {title: ..., expression: ...}"
    ),
  ])
  func ofAGrant(_ spec: String, _ help: String) throws {
    let error = try only(
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: packages}
      spec: {format: python, iam: [{role: roles/artifactregistry.reader, \(spec)}]}
      """)
    #expect(said(error).contains(help), "\(error)")
  }

  @Test(arguments: [
    ("writer", "did you mean `roles/artifactregistry.writer`?"),
    ("Artifact Registry Reader", "did you mean `roles/artifactregistry.reader`?"),
    ("roles/artifactregistry.write", "did you mean `roles/artifactregistry.writer`?"),
  ])
  func ofARole(_ role: String, _ help: String) throws {
    let error = try only(
      """
      ---
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: packages}
      spec: {format: python, iam: [{role: \(role), members: ["user:a@example.com"]}]}
      """)
    #expect(said(error).contains(help), "\(error)")
  }

  @Test func aForgottenDividerIsOneError() throws {
    let document = """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: NAME}
      spec: {format: python}

      """
    let error = try only(
      "---\n" + document.replacing("NAME", with: "one") + document.replacing("NAME", with: "two")
        + """
        ---
        apiVersion: arctl.dev/v1
        kind: IAMBinding
        metadata: {name: read}
        spec: {resource: repository/two, role: roles/artifactregistry.reader, members: ["user:a@b.cd"]}
        """)
    #expect(error.position?.line == 11)
    #expect(said(error).contains("a line `---` above it"))
  }

  private func said(_ diagnostic: Diagnostic) -> String {
    ([diagnostic.label] + diagnostic.help).joined(separator: " ")
  }

  private func only(_ text: String) throws -> Diagnostic {
    let errors = Loading(Loading.stack + text).run().diagnostics.filter { $0.severity == .error }
    try #require(errors.count == 1, "\(Unsound(diagnostics: errors))")
    return errors[0]
  }
}
