import DesiredState
import Diagnostics
import TestSupport
import Testing

/// Words of other tools for fields and values lead to the right one, and a required field is not also missing.
@Suite struct SynonymTests {
  private func only(_ kind: String, _ spec: String) throws -> Diagnostic {
    let errors = Loading(
      Loading.stack
        + "---\napiVersion: arctl.dev/v1\nkind: \(kind)\nmetadata: {name: something}\nspec: {\(spec)}\n"
    ).run().diagnostics.filter { $0.severity == .error }
    try #require(errors.count == 1, "\(errors)")
    return errors[0]
  }

  @Test(arguments: [
    ("pypi", "python"), ("pip", "python"), ("container", "docker"), ("OCI", "docker"),
    ("images", "docker"), ("node", "npm"), ("java", "maven"), ("golang", "go"), ("deb", "apt"),
    ("rpm", "yum"), ("gems", "ruby"), ("raw", "generic"),
  ])
  func ofFormats(_ word: String, _ format: String) throws {
    #expect(try only("Repository", "format: \(word)").label == "did you mean `\(format)`?")
  }

  @Test(arguments: [
    ("proxy", "remote"), ("mirror", "remote"), ("pull-through", "remote"), ("group", "virtual"),
    ("hosted", "standard"), ("local", "standard"),
  ])
  func ofModes(_ word: String, _ mode: String) throws {
    let error = try only("Repository", "format: python, mode: \(word)")
    #expect(error.label == "did you mean `\(mode)`?")
  }

  @Test(arguments: [
    ("Repository", "type: python", "did you mean `format`?"),
    ("Repository", "format: python, region: us", "did you mean `location`?"),
    ("Repository", "format: python, kms_key_name: x", "did you mean `kmsKeyName`?"),
    ("Repository", "format: python, repository_id: x", "this is `metadata.name`"),
    ("Repository", "format: python, bindings: []", "did you mean `iam`?"),
    ("Repository", "format: python, tags: {}", "did you mean `labels`?"),
    ("ServiceAccount", "account_id: x", "this is `metadata.name`"),
    ("ServiceAccount", "enabled: true", "write `disabled`, with the opposite value"),
    ("ServiceAccount", "title: x", "did you mean `displayName`?"),
    (
      "ServiceAccount", "roles: [x]",
      "roles are granted on the resource: write a document IAMBinding, or `iam` there"
    ),
    ("Role", "permissions: []", "did you mean `includedPermissions`?"),
    (
      "ServiceAccountKey", "account: a@b.iam.gserviceaccount.com, destination: {file: k.json}",
      "did you mean `serviceAccount`?"
    ),
    (
      "IAMBinding", "repository: r, role: roles/viewer, members: [\"user:a@b.cd\"]",
      "did you mean `resource`?"
    ),
    ("Project", "apis: []", "did you mean `services`?"),
  ])
  func ofFields(_ kind: String, _ spec: String, _ label: String) throws {
    #expect(try only(kind, spec).label == label)
  }

  /// A word is not suggested for a field that is written already.
  @Test func aWrittenFieldIsNotSuggested() throws {
    #expect(
      try only("Repository", "format: python, type: python").label != "did you mean `format`?")
  }

  @Test func fieldsThatGoogleSetsAreOneError() throws {
    let error = try only(
      "Repository", "format: python, createTime: x, registryUri: y, updateTime: z")
    #expect(error.code == .outputOnlyField)
    #expect(error.message.hasPrefix("`createTime`, `registryUri`, `updateTime` are"))
  }
}
