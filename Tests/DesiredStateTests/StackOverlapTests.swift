import DesiredState
import Diagnostics
import Manifests
import Model
import TestSupport
import Testing

/// Two stacks side by side: references between them, and what both declare.
@Suite struct StackOverlapTests {
  private static func stack(_ name: String, _ more: String = "") -> String {
    """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: \(name)}
    spec:
      defaults: {project: my-project-id, location: us-east4}
    \(more)

    """
  }

  private static func document(
    _ kind: String, _ name: String, _ spec: String, _ lifecycle: String = "{}"
  ) -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: \(kind)
    metadata: {name: \(name)}
    lifecycle: \(lifecycle)
    spec: \(spec)

    """
  }

  private func load(
    _ own: String, _ other: String, stacks: (String, String) = (stack("own"), stack("other"))
  ) -> LoadResult {
    var loading = Loading(stacks.0 + own)
    loading.files.append((path: "/other/b.yaml", text: stacks.1 + other))
    loading.options.also = ["/other"]
    return loading.run()
  }

  /// The messages of the errors, each with the file of its place and of the second place.
  private func errors(_ result: LoadResult) -> [String] {
    result.diagnostics.filter { $0.severity == .error }.map { diagnostic in
      let places = [diagnostic.position?.file ?? "-"] + diagnostic.related.map(\.position.file)
      return "\(diagnostic.code.rawValue) \(places.joined(separator: " ")): \(diagnostic.message)"
    }
  }

  private let project = document("Project", "my-project-id", "{services: [iam.googleapis.com]}")

  @Test func disjointFieldsOfOneResourceAreAccepted() throws {
    let result = load(
      Self.document("Repository", "libs", "{format: python, description: one, labels: {a: b}}"),
      Self.document("Repository", "libs", "{format: python, labels: {c: d}}"))
    #expect(errors(result) == [])
    let graph = try #require(result.graph)
    #expect(
      graph.others.declares(Address(project: "my-project-id", .repository, "us-east4", "libs")))
  }

  @Test(arguments: [
    ("{format: python, description: one}", "{format: python, description: two}", "description"),
    ("{format: python, description: one}", "{format: python, description: one}", "description"),
    ("{format: python, labels: {a: b}}", "{format: python, labels: {a: b}}", "labels.a"),
    ("{format: python, labels: {a: b}}", "{format: python, labels: null}", "labels.a"),
    ("{format: python}", "{format: docker}", "format"),
    (
      "{format: docker, dockerConfig: {immutableTags: true}}",
      "{format: docker, dockerConfig: {immutableTags: false}}", "dockerConfig.immutableTags"
    ),
  ]) func oneFieldTwiceIsAnErrorWithBothPlaces(own: String, other: String, field: String) {
    let result = load(
      Self.document("Repository", "libs", own), Self.document("Repository", "libs", other))
    #expect(result.graph == nil)
    #expect(
      errors(result) == [
        "AR0156 /manifests/a.yaml /other/b.yaml: `\(field)` of "
          + "`my-project-id/repository/us-east4/libs` is declared in two stacks"
      ])
  }

  @Test func aResourceCannotBePresentInOneAndAbsentInTheOther() {
    let result = load(
      Self.document("ServiceAccount", "uploader", "{}", "{ensure: absent}"),
      Self.document("ServiceAccount", "uploader", "{}"))
    #expect(
      errors(result) == [
        "AR0156 /manifests/a.yaml /other/b.yaml: `my-project-id/serviceAccount/uploader` must exist "
          + "in one stack and must not exist in another"
      ])
    let services = load(
      Self.document("Project", "my-project-id", "{absentServices: [pubsub.googleapis.com]}"),
      Self.document("Project", "my-project-id", "{services: [pubsub.googleapis.com]}"))
    #expect(errors(services).count == 1)
  }

  @Test func bothMayEnableAService() {
    #expect(errors(load(project, project)) == [])
  }

  @Test func referencesBetweenStacksResolve() throws {
    let repository = Self.document(
      "Repository", "libs",
      "{format: python, iam: [{role: roles/artifactregistry.writer, members: [serviceAccount:uploader]}]}"
    )
    let account = Self.document(
      "ServiceAccount", "uploader",
      "{iam: [{role: roles/iam.serviceAccountUser, members: [serviceAccount:builder]}]}")
    let builder = Self.document("ServiceAccount", "builder", "{}")
    let rule = Self.document(
      "Rule", "blocked", "{repository: libs, action: deny, operation: download}")
    let result = load(repository + builder, account + rule)
    #expect(errors(result) == [])
    let graph = try #require(result.graph)
    let uploader = Address(project: "my-project-id", .serviceAccount, "uploader")
    #expect(graph.resources[uploader]?.origin == .external)
    let blocked = KindSet.google.address(parsing: "my-project-id/rule/us-east4/libs/blocked")
    #expect(graph.others.declares(try #require(blocked)))
    // Without the other stack there is no such account.
    var alone = Loading(Self.stack("own") + repository + builder)
    alone.options.also = []
    #expect(errors(alone.run()).map { $0.prefix(6) } == ["AR0141"])
  }

  @Test func aReferenceToWhatAnotherStackDeletesIsAnError() {
    let result = load(
      Self.document(
        "Repository", "libs",
        "{format: python, iam: [{role: roles/artifactregistry.writer, members: [serviceAccount:uploader]}]}"
      ), Self.document("ServiceAccount", "uploader", "{}", "{ensure: absent}"))
    #expect(
      errors(result).map { $0.prefix(38) }
        == ["AR0147 /manifests/a.yaml /other/b.yaml: "].map { $0.prefix(38) })
  }

  private func grants(_ entry: String) -> String {
    Self.document("Repository", "libs", "{format: python, iam: [\(entry)]}")
  }

  @Test(arguments: [
    ("{role: roles/r.x, members: ['user:a@x.com'], exclusive: true}", 1),
    ("{role: roles/r.x, members: ['user:a@x.com'], exclusive: role}", 1),
    ("{role: roles/r.x, members: ['user:a@x.com'], absent: ['user:b@x.com']}", 1),
    ("{role: roles/r.x, members: ['user:b@x.com'], exclusive: true}", 0),
    ("{role: roles/r.x, members: ['user:a@x.com']}", 0),
    ("{role: roles/r.y, members: ['user:a@x.com'], exclusive: true}", 0),
  ]) func grantsThatContradictEachOtherAreErrors(own: String, count: Int) {
    let other = grants("{role: roles/r.x, members: ['user:b@x.com']}")
    let result = load(grants(own), other)
    #expect(errors(result).count == count, "\(errors(result))")
    // In the other direction, too.
    let reverse = load(other, grants(own))
    #expect(errors(reverse).count == count, "\(errors(reverse))")
    for error in errors(result) + errors(reverse) {
      #expect(error.hasPrefix("AR0156 /manifests/a.yaml /other/b.yaml: `user:b@x.com` must have"))
    }
  }

  @Test func aRevokedMemberThatTheOtherStackGrantsIsAnError() {
    let result = load(
      Self.document("Repository", "libs", "{format: python}"),
      grants("{role: roles/r.x, members: ['user:b@x.com']}"),
      stacks: (Self.stack("own", "  revoked: ['user:b@x.com']"), Self.stack("other")))
    #expect(errors(result).count == 1, "\(errors(result))")
  }

  private func key(_ name: String, _ more: String = "") -> String {
    Self.document(
      "ServiceAccountKey", name,
      "{serviceAccount: projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com, destination: {file: \(name).json}\(more)}"
    )
  }

  @Test func aKeyHasOneStack() {
    let account = Self.document("ServiceAccount", "uploader", "{}")
    #expect(
      errors(load(account + key("k"), key("k"))) == [
        "AR0156 /manifests/a.yaml /other/b.yaml: the key "
          + "`my-project-id/serviceAccountKey/uploader/k` is declared in two stacks"
      ])
    #expect(errors(load(account + key("k"), key("other"))) == [])
    // It moves from the other stack, which still declares it.
    let moved = load(account + key("new", ", formerly: other/k"), key("k"))
    #expect(errors(moved).count == 1)
    #expect(
      errors(moved).first?.contains(
        "`my-project-id/serviceAccountKey/uploader/new` and "
          + "`my-project-id/serviceAccountKey/uploader/k` of another stack claim the same key")
        == true)
  }

  @Test func formerNamesAreClaims() throws {
    let account = Self.document("ServiceAccount", "uploader", "{}")
    func names(_ text: String) throws -> [String: (String, [String])] {
      let graph = try Loading.graph(text)
      return Dictionary(
        uniqueKeysWithValues: graph.keys.values.map {
          ($0.address.id, ($0.commonName, $0.formerCommonNames))
        })
    }
    let old = try names(Self.stack("old") + account + key("k"))
    let moved = try names(Self.stack("own") + account + key("new", ", formerly: old/k"))
    let issued = try #require(old["k"]?.0)
    #expect(moved["new"]?.1 == [issued])
    let renamed = try names(Self.stack("own", "  formerly: [old]") + account + key("k"))
    #expect(renamed["k"]?.1 == [issued])
    #expect(renamed["k"]?.0 != issued)
    // A name that is today's is not a former one.
    let same = try names(
      Self.stack("own", "  formerly: [own]") + account + key("k", ", formerly: own/k"))
    #expect(same["k"]?.1 == [])
  }

  @Test func twoDocumentsCannotClaimOneKey() {
    let account = Self.document("ServiceAccount", "uploader", "{}")
    let result = Loading(
      Self.stack("own") + account + key("a", ", formerly: old/k") + key("b", ", formerly: old/k")
    ).run()
    #expect(
      errors(result) == [
        "AR0122 /manifests/a.yaml /manifests/a.yaml: `my-project-id/serviceAccountKey/uploader/b` and "
          + "`my-project-id/serviceAccountKey/uploader/a` claim the same key of "
          + "uploader@my-project-id.iam.gserviceaccount.com"
      ])
    let bad = Loading(Self.stack("own") + account + key("a", ", formerly: just-a-name")).run()
    #expect(errors(bad).map { $0.prefix(6) } == ["AR0116"])
  }

  @Test func errorsOfTheOtherStackAreShownAndItsWarningsAreNot() {
    let result = load(project, Self.document("Repository", "libs", "{formats: python}"))
    #expect(result.graph == nil)
    #expect(errors(result).contains { $0.contains("/other/b.yaml") })
    #expect(result.sourceLine("/other/b.yaml", 1) == "apiVersion: arctl.dev/v1")
  }

  /// `--var` is for this set; the other one takes those that it declares.
  @Test func variablesOfThisSetAreNoErrorsOfTheOther() {
    var loading = Loading(
      Self.stack("own", "  variables: {team: {required: true}}")
        + Self.document("ServiceAccount", "uploader", "{displayName: \"${team}\"}"))
    loading.files.append(
      (
        path: "/other/b.yaml",
        text: Self.stack("other") + Self.document("ServiceAccount", "builder", "{}")
      ))
    loading.options.also = ["/other"]
    loading.options.variables = ["team": "web"]
    #expect(errors(loading.run()) == [])
    loading.options.variables["misspelt"] = "web"
    #expect(errors(loading.run()).count == 1)
  }
}
