import JSON
import Kinds
import Migration
import Model

/// States of Terraform for tests.
enum States {
  static let project = "my-project-id"
  static let google = #"provider["registry.terraform.io/hashicorp/google"]"#
  static let repositoryName = "projects/my-project-id/locations/us-east4/repositories/libs"
  static let accountName =
    "projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com"

  /// One resource of a state file with one instance.
  static func resource(
    _ type: String, _ name: String, _ attributes: JSONObject, module: String? = nil,
    provider: String = google, mode: String = "managed", more: JSONObject = [:]
  ) -> JSONValue {
    var instance: JSONObject = ["schema_version": 0, "attributes": .object(attributes)]
    for (key, value) in more { instance[key] = value }
    var resource: JSONObject = [
      "mode": .string(mode), "type": .string(type), "name": .string(name),
      "provider": .string(provider), "instances": [.object(instance)],
    ]
    if let module { resource["module"] = .string(module) }
    return .object(resource)
  }

  static func resource(
    _ type: String, _ attributes: JSONObject, module: String? = nil, provider: String = google,
    mode: String = "managed", more: JSONObject = [:]
  ) -> JSONValue {
    resource(
      type, "x", attributes, module: module, provider: provider, mode: mode, more: more)
  }

  static func file(_ resources: [JSONValue]) -> JSONValue {
    [
      "version": 4, "terraform_version": "1.9.8", "serial": 1, "lineage": "x", "outputs": [:],
      "resources": .array(resources),
    ]
  }

  /// The attributes of a repository as the provider writes them.
  static func repository(_ changes: JSONObject = [:]) -> JSONObject {
    var attributes: JSONObject = [
      "project": .string(project), "location": "us-east4", "repository_id": "libs",
      "format": "PYTHON", "mode": "STANDARD_REPOSITORY", "description": "", "kms_key_name": "",
      "name": "libs", "id": .string(repositoryName), "labels": [:], "effective_labels": [:],
      "terraform_labels": [:], "docker_config": [], "maven_config": [], "cleanup_policies": [],
      "cleanup_policy_dry_run": false, "remote_repository_config": [],
      "virtual_repository_config": [], "timeouts": .null, "create_time": "2026-01-05T09:12:33Z",
      "vulnerability_scanning_config": [
        [
          "enablement_config": "", "enablement_state": "SCANNING_DISABLED",
          "enablement_state_reason": "",
        ]
      ],
    ]
    for (key, value) in changes { attributes[key] = value }
    return attributes
  }

  static func account(_ id: String = "uploader", _ changes: JSONObject = [:]) -> JSONObject {
    let email = "\(id)@my-project-id.iam.gserviceaccount.com"
    var attributes: JSONObject = [
      "account_id": .string(id), "project": .string(project), "email": .string(email),
      "name": .string("projects/my-project-id/serviceAccounts/\(email)"), "disabled": false,
      "display_name": "", "description": "", "unique_id": "123",
      "create_ignore_already_exists": .null,
      "member": .string("serviceAccount:\(email)"),
    ]
    for (key, value) in changes { attributes[key] = value }
    return attributes
  }

  static func grant(_ changes: JSONObject) -> JSONObject {
    var attributes: JSONObject = [
      "project": .string(project), "location": "us-east4", "repository": .string(repositoryName),
      "role": "roles/artifactregistry.reader", "condition": [], "etag": "BwY", "id": "x",
    ]
    for (key, value) in changes { attributes[key] = value }
    return attributes
  }

  static func convert(_ resources: [JSONValue]) throws(MigrationError) -> Conversion {
    try TerraformMigration.read(
      file(resources).serialized(), named: "x.tfstate", kinds: Kinds.catalog)
  }

  /// The policy of the repository `libs`.
  static let libsPolicy = Kinds.catalog.address(
    parsing: "my-project-id/iam/repository/us-east4/libs")
}
