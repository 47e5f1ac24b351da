import DesiredState
import Diagnostics
import TestSupport
import Testing

/// A known field at a wrong level: the error says where it belongs, and the advice leads to no other error.
@Suite struct MisplacedFieldTests {
  private func errors(_ document: String) -> [Diagnostic] {
    Loading(Loading.stack + "---\napiVersion: arctl.dev/v1\n" + document).run().diagnostics
      .filter { $0.severity == .error }
  }

  private static let repository =
    "kind: Repository\nmetadata: {name: libs}\nspec:\n  format: python\n"

  /// The written form, the advice, and the form after the advice.
  @Test(arguments: [
    (
      "kind: ServiceAccount\nmetadata:\nname: uploader\n", "this goes under `metadata`",
      "kind: ServiceAccount\nmetadata:\n  name: uploader\n"
    ),
    (
      "kind: ServiceAccount\nname: uploader\n", "this goes under `metadata`",
      "kind: ServiceAccount\nmetadata:\n  name: uploader\n"
    ),
    (
      "kind: Repository\nmetadata: {name: libs}\nspec:\nformat: python\n",
      "this goes under `spec`", repository
    ),
    (
      repository + "ensure: absent\n", "this goes under `lifecycle`",
      repository + "lifecycle: {ensure: absent}\n"
    ),
    (
      repository + "  protect: true\n", "this goes under `lifecycle`, not under `spec`",
      repository + "lifecycle: {protect: true}\n"
    ),
    (
      repository + "  note: ours\n", "this goes under `metadata`, not under `spec`",
      repository.replacing("{name: libs}", with: "{name: libs, note: ours}")
    ),
    (
      "kind: Repository\nmetadata:\n  name: libs\n  spec: {format: python}\nspec: {format: python}\n",
      "this goes beside `metadata`, not into it", repository
    ),
    (
      repository
        + "  iam:\n    - role: roles/artifactregistry.reader\n  members: [\"user:a@example.com\"]\n",
      "this belongs to the entry of `iam` above",
      repository
        + "  iam:\n    - role: roles/artifactregistry.reader\n      members: [\"user:a@example.com\"]\n"
    ),
    (
      repository
        + "  iam:\n    - role: roles/artifactregistry.reader\nmembers: [\"user:a@example.com\"]\n",
      "this belongs to the entry of `iam` above",
      repository
        + "  iam:\n    - role: roles/artifactregistry.reader\n      members: [\"user:a@example.com\"]\n"
    ),
    (
      repository + "  cleanupPolicies:\n    old:\n      action: delete\n      olderThan: 30d\n",
      "this goes under `condition`",
      repository
        + "  cleanupPolicies:\n    old:\n      action: delete\n      condition: {olderThan: 30d}\n"
    ),
    (
      repository
        + "  cleanupPolicies:\n    old:\n      action: delete\n      condition: {tagState: any}\n      olderThan: 30d\n",
      "this belongs to `condition` above",
      repository
        + "  cleanupPolicies:\n    old:\n      action: delete\n      condition: {tagState: any, olderThan: 30d}\n"
    ),
    (
      repository
        + "  cleanupPolicies:\n    old:\n      condition: {olderThan: 30d, action: delete}\n",
      "this belongs to `cleanupPolicies[\"old\"]`, further to the left",
      repository
        + "  cleanupPolicies:\n    old:\n      action: delete\n      condition: {olderThan: 30d}\n"
    ),
    (
      repository
        + "  iam:\n    - role: roles/artifactregistry.reader\n      members: [\"user:a@example.com\"]\n      description: ours\n",
      "this belongs to Repository, further to the left",
      repository
        + "  description: ours\n  iam:\n    - role: roles/artifactregistry.reader\n      members: [\"user:a@example.com\"]\n"
    ),
  ])
  func isDirectedToItsPlace(_ written: String, _ advice: String, _ followed: String) throws {
    let found = errors(written)
    let error = try #require(found.first { $0.code == .unknownField })
    #expect(error.label == advice)
    #expect(errors(followed) == [], "what is advised is wrong as well")
  }

  /// One slip is one error, and nothing else is reported as missing.
  @Test func aMisplacedFieldIsNotMissing() {
    for text in [
      "kind: ServiceAccount\nmetadata:\nname: uploader\n",
      "kind: Repository\nmetadata: {name: libs}\nspec:\nformat: python\n",
      Self.repository + "ensure: absent\n",
      Self.repository
        + "  iam:\n    - role: roles/viewer\nmembers: [\"user:a@example.com\"]\n",
    ] { #expect(errors(text).map(\.code) == [.unknownField], "\(text)") }
  }

  @Test func aPlaceThatHasItAlreadyIsNotSuggested() throws {
    let error = try #require(
      errors(
        Self.repository
          + "  description: a\n  iam:\n    - role: roles/viewer\n      members: [\"user:a@example.com\"]\n      description: b\n"
      ).first)
    #expect(!error.label.contains("belongs"))
  }

  @Test(arguments: [
    ("us-east-4", "us-east4"), ("eu-west3", "europe-west3"), ("eu", "europe"), ("global", "us"),
    ("us-east4-a", "us-east4"), ("europe-wst1", "europe-west1"), ("useast1", "us-east1"),
    ("usa", "us"), ("asia-northeast-1", "asia-northeast1"),
  ])
  func aMisspeltLocationIsAnError(_ location: String, _ meant: String) throws {
    let found = errors(
      "kind: Repository\nmetadata: {name: libs}\nspec: {format: python, location: \(location)}\n")
    let error = try #require(found.first)
    #expect(found.count == 1 && error.code == .unknownLocation)
    #expect(error.label == "did you mean `\(meant)`?")
    let byReference = errors(
      "kind: IAMBinding\nmetadata: {name: b}\nspec: {resource: projects/my-project-id/locations/\(location)/repositories/x, role: roles/viewer, members: [\"user:a@example.com\"]}\n"
    )
    #expect(byReference.map(\.code) == [.unknownLocation])
  }

  /// Google may have added it since.
  @Test(arguments: ["us-east7", "europe-west15", "me-north1", "mars-colony"])
  func aLocationThatMayBeNewIsAWarning(_ location: String) {
    let document =
      "kind: Repository\nmetadata: {name: libs}\nspec: {format: python, location: \(location)}\n"
    #expect(errors(document).isEmpty)
    let all = Loading(Loading.stack + "---\napiVersion: arctl.dev/v1\n" + document).run()
    #expect(all.diagnostics.map(\.code) == [.unknownLocation])
  }

  /// Members are names; Google would accept a pattern, which matches no member.
  @Test(arguments: [
    "group:*@example.com", "user:*@example.com", "serviceAccount:*", "user:*",
    "domain:*.example.com",
    "serviceAccount:*@my-project-id.iam.gserviceaccount.com", "**", "serviceAgent:*@my-project-id",
  ])
  func membersAreNotGlobs(_ member: String) {
    let grant = Self.repository + "  iam: [{role: roles/viewer, LIST: [\"\(member)\"]}]\n"
    for list in ["members", "absent"] {
      let found = errors(grant.replacing("LIST", with: list))
      #expect(found.map(\.code) == [.badMember])
      #expect(found.first?.message.contains("members are not globs") == true)
    }
    let stack = Loading.stack + "  revoked: [\"\(member)\"]\n---\napiVersion: arctl.dev/v1\n"
    #expect(
      Loading(stack + Self.repository).run().diagnostics.map(\.code) == [.badMember])
  }

  @Test func aSuggestedMemberIsOne() {
    let found = errors(
      Self.repository + "  iam: [{role: roles/viewer, members: [\"principalHierarchy:foo\"]}]\n")
    #expect(found.count == 1)
    #expect(found.first?.help.contains { $0.contains("did you mean") } == false)
  }

  @Test(arguments: [
    "kind: IAMBinding\nmetadata: {name: b}\nspec: {resource: projects/other-project, role: roles/viewer, members: [\"user:a@example.com\"]}\n",
    "kind: IAMBinding\nmetadata: {name: b}\nspec: {resource: projects/other-project/locations/us/repositories/r, role: roles/viewer, members: [\"user:a@example.com\"]}\n",
    "kind: IAMBinding\nmetadata: {name: b}\nspec: {resource: uploader@other-project.iam.gserviceaccount.com, role: roles/viewer, members: [\"user:a@example.com\"]}\n",
    "kind: ServiceAccountKey\nmetadata: {name: k}\nspec: {serviceAccount: uploader@other-project.iam.gserviceaccount.com, destination: {file: k.json}}\n",
  ])
  func aFullNameContainsItsProject(_ document: String) throws {
    let graph = try Loading.graph(
      "apiVersion: arctl.dev/v1\nkind: Stack\nmetadata: {name: s}\n---\napiVersion: arctl.dev/v1\n"
        + document)
    #expect(graph.addresses.allSatisfy { $0.project == "other-project" })
  }
}
