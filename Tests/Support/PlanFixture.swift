package import Diagnostics
package import JSON
package import Model

/// Plans built for tests.
package enum PlanFixture {
  package static let project = "my-project-id"

  package static func at(_ line: Int, _ file: String = "manifests/python.yaml") -> SourcePosition {
    SourcePosition(file: file, line: line, column: 1)
  }

  package static func address(_ kind: KindID, _ names: String...) -> Address {
    Address(project: project, kind, names: names)
  }

  package static func field(
    _ path: FieldPath, _ from: JSONValue?, _ to: JSONValue?, immutable: Bool = false
  ) -> FieldChange {
    FieldChange(path: path, from: from, to: to, isImmutable: immutable, mask: "")
  }

  /// The example of the command line's design page.
  package static var page: Plan {
    var account = Change(
      address: address(.serviceAccount, "uploader"), action: .create, source: at(21))
    account.resource?.fields = [field(FieldPath([.field("displayName")]), nil, "PyPI uploader")]

    var repository = Change(
      address: address(.repository, "us-east4", "my-python-libraries"), action: .update,
      source: at(13))
    repository.resource?.fields = [
      field(
        FieldPath([
          .field("cleanupPolicies"), .element("old"), .field("condition"), .field("olderThan"),
        ]), "2592000s", "1209600s"),
      field(FieldPath([.field("labels"), .field("team")]), "web", "platform"),
    ]

    var policy = Change(
      address: address(.repository, "us-east4", "my-python-libraries").policy, action: .update,
      source: at(26))
    var writer = BindingChange(role: "roles/artifactregistry.writer", condition: nil)
    writer.added = ["serviceAccount:uploader@my-project-id.iam.gserviceaccount.com"]
    var reader = BindingChange(
      role: "roles/artifactregistry.reader",
      condition: PolicyCondition(
        title: "until-2027", expression: "request.time < timestamp(\"2027-01-01T00:00:00Z\")"))
    reader.removed = [.init("group:contractors@example.com", .absent)]
    reader.undeclared = ["user:ana@example.com", "group:security@example.com"]
    policy.bindings = [writer, reader]

    var old = Change(
      address: address(.repository, "us", "maven-old"), action: .refused,
      source: at(3, "manifests/old.yaml"))
    old.intended = .replace
    old.resource?.fields = [
      field(FieldPath([.field("location")]), "us", "europe-west1", immutable: true)
    ]
    let danger: Statement = "cannot be changed in place; replacing would delete 312 GB"
    old.hazards = [Hazard(.replace, danger)]
    old.refusals = [
      Refusal(
        .immutableField, danger,
        remedy:
          "lifecycle.allowReplace: true here, and --allow-replace my-project-id/repository/us/maven-old",
        hazard: Hazard(.replace, danger))
    ]
    let calm = (1...3).map {
      Change(address: address(.serviceAccount, "calm\($0)"), action: .unchanged, source: at($0))
    }
    return plan(
      [account, repository, policy, old] + calm,
      undeclared: [
        address(.repository, "us-east4", "tmp-joe"), address(.serviceAccount, "test-sa"),
      ])
  }

  /// All that the page's example does not show.
  package static var corners: Plan {
    var repository = Change(
      address: address(.repository, "us-east4", "gone"), action: .delete, source: at(50))
    repository.note = "was the old \u{1B}[31mmirror"
    var role = Change(address: address(.role, "publisher"), action: .undelete, source: at(60))
    role.reason = "was deleted 3 days ago"
    var held = Change(
      address: address(.serviceAccountKey, "uploader", "laptop"), action: .heldElsewhere,
      source: at(70))
    held.remarks = ["is due for rotation on 2027-01-01"]
    let gone = Change(address: address(.serviceAccount, "left"), action: .gone, source: at(75))
    var unread = Change(
      address: Address(project: "other", .repository, "us", "secret"), action: .unreadable,
      source: at(80))
    unread.reason =
      "GET repositories/secret: 403 PERMISSION_DENIED, artifactregistry.repositories.get is missing"
    var waiting = Change(
      address: Address(project: "other", .repository, "us", "secret").policy, action: .waiting,
      source: at(85))
    waiting.waitsFor = unread.address
    var long = Change(
      address: address(.repository, "us-east4", "long"), action: .update, source: at(90))
    let text = String(repeating: "word ", count: 30)
    long.resource?.fields = [
      field(FieldPath([.field("description")]), .string(text + "old"), .string(text + "new")),
      field(FieldPath([.field("labels"), .field("team")]), "web", nil),
      field(FieldPath([.field("cleanupPolicyDryRun")]), false, true),
    ]
    var plan = plan([repository, long, role, held, gone, unread, waiting], undeclared: [])
    plan.variables = ["env": "prod", "teams": ["a", "b"]]
    plan.selection = Selection(targets: [AddressGlob("repository/**")])
    plan.notChecked = ["repositories of other in us: 403 on the list"]
    plan.diagnostics = [
      Diagnostic(
        .keyRotationDue, severity: .warning, "key `laptop` expires soon", at: at(70),
        help: ["renew it"])
    ]
    return plan
  }

  /// A policy without changes, with one past entry.
  package static var ended: Plan {
    var policy = Change(
      address: address(.repository, "us-east4", "packages").policy, action: .unchanged,
      source: at(7, "manifests/access.yaml"))
    var binding = BindingChange(
      role: "roles/artifactregistry.reader",
      condition: PolicyCondition(title: "until-2026-06-30", expression: "request.time < x"))
    binding.ended = [at(45, "manifests/access.yaml")]
    policy.bindings = [binding]
    return plan([policy], undeclared: [])
  }

  package static func plan(_ changes: [Change], undeclared: [Address]) -> Plan {
    Plan(
      id: changes.contains(where: \.isWrite) ? "9c1f4e0b52d07a13" : nil, stackName: "greetings",
      variables: [:], caller: "user:me@example.com",
      selection: Selection(), changes: changes, undeclared: undeclared, notChecked: [],
      diagnostics: [], operations: [], declaredCount: 41, fileCount: 9)
  }

  package static func operation(_ name: String, _ action: Operation.Action = .create(spec: [:]))
    -> Operation
  {
    let address = address(.serviceAccount, name)
    return Operation(
      id: OperationID("create \(address)"), address: address, action: action, covers: [address],
      source: at(7))
  }
}
