import JSON
import Kinds
import Model
import Testing

@testable import Migration

/// Secrets of Terraform: the settings are converted, and no value is.
@Suite struct TerraformSecretTests {
  private static func secret(_ changes: JSONObject = [:]) -> JSONValue {
    var attributes: JSONObject = [
      "project": .string(States.project), "secret_id": "app", "annotations": ["owner": "web"],
      "create_time": "2026-01-01T00:00:00Z", "deletion_protection": false,
      "effective_annotations": ["owner": "web"], "effective_labels": ["team": "web"],
      "expire_time": "", "id": "projects/my-project-id/secrets/app", "labels": ["team": "web"],
      "name": "projects/123456789012/secrets/app",
      "replication": [["auto": [["customer_managed_encryption": []]], "user_managed": []]],
      "rotation": [], "tags": .null, "terraform_labels": ["team": "web"], "timeouts": .null,
      "topics": [], "ttl": .null, "version_aliases": ["k": "1"], "version_destroy_ttl": "",
    ]
    for (key, value) in changes { attributes[key] = value }
    return States.resource("google_secret_manager_secret", attributes)
  }

  private func address() throws -> Address {
    Address(project: States.project, try #require(Kinds.catalog["secret"]), "app")
  }

  @Test func aSecret() throws {
    let conversion = try States.convert([Self.secret()])
    #expect(conversion.items.map(\.outcome) == [.converted], "\(conversion.items)")
    let value = conversion.estate.resources[try address()]
    #expect(value?["labels"] == ["team": "web"] && value?["annotations"] == ["owner": "web"])
    #expect(value?["replication"] == nil && value?["versionAliases"] == nil)
  }

  @Test func everyField() throws {
    let conversion = try States.convert([
      Self.secret([
        "expire_time": "2030-01-01T00:00:00Z", "version_destroy_ttl": "86400s",
        "topics": [["name": "projects/p/topics/t"]],
        "rotation": [
          ["next_rotation_time": "2029-01-01T00:00:00Z", "rotation_period": "3600s"]
        ],
        "replication": [
          [
            "auto": [],
            "user_managed": [
              [
                "replicas": [
                  ["location": "us-east4", "customer_managed_encryption": []],
                  [
                    "location": "us-east1",
                    "customer_managed_encryption": [
                      ["kms_key_name": "projects/p/locations/us-east1/keyRings/r/cryptoKeys/k"]
                    ],
                  ],
                ]
              ]
            ],
          ]
        ],
      ])
    ])
    #expect(conversion.items.map(\.outcome) == [.converted], "\(conversion.items)")
    let value = conversion.estate.resources[try address()]
    #expect(
      value?["expireTime"] == "2030-01-01T00:00:00Z" && value?["versionDestroyTtl"] == "86400s")
    #expect(value?["topics"] == [["name": "projects/p/topics/t"]])
    #expect(
      value?["rotation"]
        == ["nextRotationTime": "2029-01-01T00:00:00Z", "rotationPeriod": "3600s"])
    let replicas = value?["replication"]?["userManaged"]?["replicas"]?.array ?? []
    #expect(replicas.map { $0["location"] } == ["us-east4", "us-east1"])
    #expect(replicas.last?["customerManagedEncryption"]?["kmsKeyName"] != nil)
  }

  @Test func theKeyOfAnAutomaticReplication() throws {
    let key = "projects/p/locations/global/keyRings/r/cryptoKeys/k"
    let conversion = try States.convert([
      Self.secret([
        "replication": [
          [
            "auto": [["customer_managed_encryption": [["kms_key_name": .string(key)]]]],
            "user_managed": [],
          ]
        ]
      ])
    ])
    #expect(
      conversion.estate.resources[try address()]?["replication"]
        == ["automatic": ["customerManagedEncryption": ["kmsKeyName": .string(key)]]])
  }

  @Test func aVersionIsSkippedWithItsValue() throws {
    let conversion = try States.convert([
      Self.secret(),
      States.resource(
        "google_secret_manager_secret_version",
        [
          "secret": "projects/my-project-id/secrets/app", "secret_data": "hunter2", "version": "1",
          "enabled": true, "deletion_policy": "DELETE",
        ]),
    ])
    #expect(conversion.items.last?.skipped?.contains("values stay in Secret Manager") == true)
    #expect(!"\(conversion)".contains("hunter2"))
  }

  @Test func grants() throws {
    let conversion = try States.convert([
      Self.secret(),
      States.resource(
        "google_secret_manager_secret_iam_member",
        [
          "project": .string(States.project), "secret_id": "projects/my-project-id/secrets/app",
          "role": "roles/secretmanager.secretAccessor", "member": "group:apps@example.com",
          "condition": [], "etag": "BwY=", "id": "x",
        ]),
    ])
    #expect(conversion.items.map(\.outcome) == [.converted, .converted], "\(conversion.items)")
    #expect(
      conversion.estate.grants[try address().policy]?.map(\.members) == [["group:apps@example.com"]]
    )
  }
}
