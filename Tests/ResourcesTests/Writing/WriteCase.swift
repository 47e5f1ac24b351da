import JSON
import Model
import TestSupport

@testable import Resources

/// A write of arctl, with the answers to it and before it: one case for each way in which arctl writes.
struct WriteCase {
  var name: String
  var action: Operation.Action
  var address: Address
  var answers: [(String, FakeCloud.Answer)]

  private static let repository = "/v1/projects/p/locations/us/repositories/r"
  private static let account = "/v1/projects/p/serviceAccounts/\(Make.email)"
  private static let role = "/v1/projects/p/roles/publisher"

  private static func update(_ field: String, from: JSONValue, to: JSONValue, _ live: JSONValue)
    -> Operation.Action
  {
    .update(
      spec: [field: to],
      fields: [FieldChange(path: FieldPath().field(field), from: from, to: to, mask: field)],
      live: live)
  }

  static var all: [WriteCase] {
    let project = Make.live(Make.project, ["etag": "E", "displayName": "old"])
    let live = Make.live(Make.role, ["etag": "E", "title": "old"])
    let deleted = Make.live(Make.role, ["etag": "E", "title": "old", "deleted": true])
    let uploader = Make.live(Make.account, ["displayName": "old"])
    let stored = Make.live(Make.repository, ["description": "old"])
    let policy: JSONValue = ["etag": "E", "bindings": []]
    let intent = PolicyIntent(entries: [
      .init(role: "roles/viewer", condition: nil, add: ["user:a@example.com"], remove: [])
    ])
    let written: JSONValue = [
      "etag": "F", "bindings": [["role": "roles/viewer", "members": ["user:a@example.com"]]],
    ]
    return [
      WriteCase(
        name: "project update",
        action: update("displayName", from: "old", to: "newer", project), address: Make.project,
        answers: [("GET /v3/projects/p", .json(project)), ("PATCH /v3/projects/p", .done)]),
      WriteCase(
        name: "project deletion", action: .delete(live: project), address: Make.project,
        answers: [("GET /v3/projects/p", .json(project)), ("DELETE /v3/projects/p", .done)]),
      WriteCase(
        name: "project creation", action: .create(spec: ["parent": "folders/1"]),
        address: Make.project,
        answers: [("POST /v3/projects", .done), ("GET /v3/projects/p", .json(project))]),
      WriteCase(
        name: "role update", action: update("title", from: "old", to: "new", live),
        address: Make.role, answers: [("GET \(role)", .json(live)), ("PATCH \(role)", .json(live))]),
      WriteCase(
        name: "role deletion", action: .delete(live: live), address: Make.role,
        answers: [("GET \(role)", .json(live)), ("DELETE \(role)", .json(deleted))]),
      WriteCase(
        name: "role return", action: .undelete(uid: nil, spec: [:], live: deleted),
        address: Make.role,
        answers: [
          ("GET \(role)", .json(deleted)), ("GET \(role)", .json(live)),
          ("POST \(role):undelete", .json(live)),
        ]),
      WriteCase(
        name: "role creation", action: .create(spec: ["title": "new"]), address: Make.role,
        answers: [("POST /v1/projects/p/roles", .json(live))]),
      WriteCase(
        name: "account update", action: update("displayName", from: "old", to: "new", uploader),
        address: Make.account,
        answers: [("GET \(account)", .json(uploader)), ("PATCH \(account)", .json(uploader))]),
      WriteCase(
        name: "account switch", action: update("disabled", from: false, to: true, uploader),
        address: Make.account,
        answers: [("GET \(account)", .json(uploader)), ("POST \(account):disable", .empty)]),
      WriteCase(
        name: "account deletion", action: .delete(live: uploader), address: Make.account,
        answers: [("GET \(account)", .json(uploader)), ("DELETE \(account)", .empty)]),
      WriteCase(
        name: "account return", action: .undelete(uid: "111", spec: [:], live: [:]),
        address: Make.account,
        answers: [
          ("GET \(account)", .notFound), ("GET \(account)", .json(uploader)),
          (
            "POST /v1/projects/-/serviceAccounts/111:undelete",
            .json(["restoredAccount": uploader])
          ),
        ]),
      WriteCase(
        name: "account creation", action: .create(spec: [:]), address: Make.account,
        answers: [
          ("POST /v1/projects/p/serviceAccounts", .json(uploader)),
          ("GET \(account)", .json(uploader)),
        ]),
      WriteCase(
        name: "repository update", action: update("description", from: "old", to: "new", stored),
        address: Make.repository,
        answers: [("GET \(repository)", .json(stored)), ("PATCH \(repository)", .json(stored))]),
      WriteCase(
        name: "repository deletion", action: .delete(live: stored), address: Make.repository,
        answers: [("GET \(repository)", .json(stored)), ("DELETE \(repository)", .done)]),
      WriteCase(
        name: "repository creation", action: .create(spec: ["format": "PYTHON"]),
        address: Make.repository,
        answers: [("POST /v1/projects/p/locations/us/repositories", .done)]),
      WriteCase(
        name: "services", action: .enableServices(["a.googleapis.com", "b.googleapis.com"]),
        address: Make.service("a.googleapis.com"),
        answers: [("POST /v1/projects/p/services:batchEnable", .done)]),
      WriteCase(
        name: "repository policy", action: .setPolicy(intent), address: Make.repository.policy,
        answers: [
          ("GET \(repository):getIamPolicy", .json(policy)),
          ("POST \(repository):setIamPolicy", .json(written)),
        ]),
      WriteCase(
        name: "account policy", action: .setPolicy(intent), address: Make.account.policy,
        answers: [
          ("POST \(account):getIamPolicy", .json(policy)),
          ("POST \(account):setIamPolicy", .json(written)),
        ]),
      WriteCase(
        name: "project policy", action: .setPolicy(intent), address: Make.project.policy,
        answers: [
          ("POST /v1/projects/p:getIamPolicy", .json(policy)),
          ("POST /v1/projects/p:setIamPolicy", .json(written)),
        ]),
      WriteCase(
        name: "billing",
        action: .update(
          spec: ["billingAccount": "billingAccounts/X"], fields: [], live: project),
        address: Make.project,
        answers: [
          ("GET /v1/projects/p/billingInfo", .json(Make.billing())),
          ("PUT /v1/projects/p/billingInfo", .json(Make.billing("billingAccounts/X"))),
        ]),
    ]
  }
}
