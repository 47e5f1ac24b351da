import JSON
import Kinds
import Model
import Testing

@testable import Migration

/// What a state of Terraform becomes, type by type.
@Suite struct TerraformMigrationTests {
  private func address(_ text: String) throws -> Address {
    try #require(Kinds.catalog.address(parsing: text))
  }

  private func only(_ resource: JSONValue) throws -> (Conversion, ConvertedItem) {
    let conversion = try States.convert([resource])
    try #require(conversion.items.count == 1)
    return (conversion, conversion.items[0])
  }

  @Test func aRepositoryWithEveryField() throws {
    let attributes = States.repository([
      "format": "DOCKER", "description": "Images", "kms_key_name": "projects/p/locations/l/k",
      "docker_config": [["immutable_tags": true]], "cleanup_policy_dry_run": true,
      "cleanup_policies": [
        [
          "id": "old", "action": "DELETE", "most_recent_versions": [],
          "condition": [
            [
              "tag_state": "UNTAGGED", "older_than": "30d", "newer_than": "", "tag_prefixes": [],
              "package_name_prefixes": ["a"], "version_name_prefixes": ["b"],
            ]
          ],
        ],
        [
          "id": "keep", "action": "KEEP", "condition": [],
          "most_recent_versions": [["keep_count": 5, "package_name_prefixes": []]],
        ],
      ],
      "vulnerability_scanning_config": [
        ["enablement_config": "DISABLED", "enablement_state": "SCANNING_DISABLED"]
      ],
      "effective_labels": ["goog-terraform-provisioned": "true", "team": "web"],
      "labels": ["team": "web"],
      "terraform_labels": ["goog-terraform-provisioned": "true", "team": "web"],
    ])
    let (conversion, item) = try only(
      States.resource("google_artifact_registry_repository", attributes))
    #expect(item.outcome == .converted, "\(item.notes)")
    #expect(
      conversion.estate.resources[try address("my-project-id/repository/us-east4/libs")] == [
        "format": "DOCKER", "mode": "STANDARD_REPOSITORY", "description": "Images",
        "kmsKeyName": "projects/p/locations/l/k", "dockerConfig": ["immutableTags": true],
        "cleanupPolicyDryRun": true, "labels": ["team": "web"],
        "cleanupPolicies": [
          "old": [
            "id": "old", "action": "DELETE",
            "condition": [
              "tagState": "UNTAGGED", "olderThan": "2592000s", "packageNamePrefixes": ["a"],
              "versionNamePrefixes": ["b"],
            ],
          ],
          "keep": ["id": "keep", "action": "KEEP", "mostRecentVersions": ["keepCount": 5]],
        ],
        "vulnerabilityScanningConfig": ["enablementConfig": "DISABLED"],
      ])
  }

  /// Each upstream of a remote repository; `no_cache` means something by being there.
  @Test(
    arguments: [
      (
        ["python_repository": [["public_repository": "PYPI", "custom_repository": []]]],
        ["pythonRepository": ["publicRepository": "PYPI"]]
      ),
      (
        [
          "npm_repository": [
            ["public_repository": "", "custom_repository": [["uri": "https://npm.example.com"]]]
          ]
        ],
        ["npmRepository": ["customRepository": ["uri": "https://npm.example.com"]]]
      ),
      (
        [
          "yum_repository": [
            [
              "public_repository": [
                ["repository_base": "ROCKY", "repository_path": "pub/rocky/9/BaseOS/x86_64/os"]
              ]
            ]
          ]
        ],
        [
          "yumRepository": [
            "publicRepository": [
              "repositoryBase": "ROCKY", "repositoryPath": "pub/rocky/9/BaseOS/x86_64/os",
            ]
          ]
        ]
      ),
      (
        ["common_repository": [["uri": "https://proxy.golang.org"]], "no_cache": [.null]],
        ["commonRepository": ["uri": "https://proxy.golang.org"], "noCache": [:]]
      ),
      (
        [
          "description": "d",
          "upstream_credentials": [
            [
              "username_password_credentials": [
                ["username": "u", "password_secret_version": "projects/p/secrets/s/versions/1"]
              ]
            ]
          ],
        ],
        [
          "description": "d",
          "upstreamCredentials": [
            "usernamePasswordCredentials": [
              "username": "u", "passwordSecretVersion": "projects/p/secrets/s/versions/1",
            ]
          ],
        ]
      ),
    ] as [(JSONObject, JSONValue)])
  func aRemoteRepository(_ config: JSONObject, _ expected: JSONValue) throws {
    let (conversion, item) = try only(
      States.resource(
        "google_artifact_registry_repository",
        States.repository([
          "mode": "REMOTE_REPOSITORY", "remote_repository_config": [.object(config)],
        ])))
    #expect(item.outcome == .converted, "\(item.notes)")
    #expect(
      conversion.estate.resources.first?.value["remoteRepositoryConfig"] == expected)
  }

  @Test func otherResources() throws {
    let conversion = try States.convert([
      States.resource(
        "google_service_account",
        States.account("uploader", ["display_name": "U", "disabled": true])
      ),
      States.resource(
        "google_project_iam_custom_role",
        [
          "role_id": "lister", "project": .string(States.project), "title": "L", "stage": "GA",
          "permissions": ["a.b.list", "a.b.get"], "deleted": false, "name": "projects/p/roles/l",
        ]),
      States.resource(
        "google_project_service",
        [
          "service": "iam.googleapis.com", "project": .string(States.project),
          "disable_on_destroy": true,
        ]),
      States.resource(
        "google_project",
        [
          "project_id": .string(States.project), "name": "Shown", "number": "123", "labels": [:],
          "org_id": "9", "billing_account": "A", "auto_create_network": true,
          "deletion_policy": "PREVENT",
        ]),
    ])
    let resources = conversion.estate.resources
    #expect(
      resources[try address("my-project-id/serviceAccount/uploader")] == [
        "displayName": "U", "disabled": true,
      ])
    #expect(
      resources[try address("my-project-id/role/lister")] == [
        "title": "L", "stage": "GA", "includedPermissions": ["a.b.list", "a.b.get"],
      ])
    #expect(resources[try address("my-project-id/service/iam.googleapis.com")] != nil)
    #expect(resources[try address("my-project-id/project")] == ["displayName": "Shown"])
    #expect(conversion.estate.projectNumbers == ["my-project-id": "123"])
    #expect(conversion.estate.lifecycles[try address("my-project-id/project")]?.protect == true)
    #expect(conversion.items.map(\.outcome) == [.converted, .converted, .converted, .noted])
    #expect(conversion.items[3].notes[0].text.contains("`org_id`, `billing_account`"))
  }

  @Test func labelsOfOthersAreNamed() throws {
    let (conversion, item) = try only(
      States.resource(
        "google_artifact_registry_repository",
        States.repository([
          "labels": ["a": "1"], "terraform_labels": ["a": "1"],
          "effective_labels": ["a": "1", "by-hand": "2"],
        ])))
    #expect(conversion.estate.resources.first?.value["labels"] == ["a": "1", "by-hand": "2"])
    #expect(item.outcome == .noted && item.notes[0].text.contains("`by-hand`"))
  }

  /// Without `effective_labels`, which older providers do not have.
  @Test func labelsOfAnOlderProvider() throws {
    var attributes = States.repository(["labels": ["a": "1"]])
    attributes["effective_labels"] = nil
    let (conversion, item) = try only(
      States.resource("google_artifact_registry_repository", attributes))
    #expect(conversion.estate.resources.first?.value["labels"] == ["a": "1"])
    #expect(item.outcome == .converted)
  }

  /// An attribute of a newer provider is named, with its place, and never its value.
  @Test func anUnknownAttributeIsALoss() throws {
    let (conversion, item) = try only(
      States.resource(
        "google_artifact_registry_repository",
        States.repository([
          "brand_new": "SECRET-VALUE", "unset_new": "", "new_block": [["a": false, "b": []]],
          "maven_config": [["version_policy": "RELEASE", "other": [["deep": "SECRET-VALUE"]]]],
        ])))
    #expect(item.outcome == .inPart)
    let text = item.notes.map(\.text).joined(separator: "\n")
    #expect(text.contains("`brand_new`") && text.contains("`maven_config[0].other`"))
    #expect(item.notes.count == 2 && !"\(conversion)".contains("SECRET-VALUE"))
    #expect(
      conversion.estate.notes[try address("my-project-id/repository/us-east4/libs")]?.count == 2)
    #expect(conversion.estate.resources.first?.value["mavenConfig"] == ["versionPolicy": "RELEASE"])
  }

  @Test(
    arguments: [
      ("format", .null, "no usable value of `format`"), ("format", "PAPER", "`format`"),
      ("repository_id", "", "`repository_id` is missing"),
      ("repository_id", "UPPER", "its name `UPPER`"),
      ("location", "a/b", "cannot address"), ("location", "Nowhere!", "its location"),
      ("project", "x", "its project `x`"), ("project", "99999", "only the number"),
      ("project", .null, "`project` is missing"), ("project", "evil\u{202E}", "\\u{202E}"),
    ] as [(String, JSONValue, String)])
  func anUnusableResourceIsSkipped(_ name: String, _ value: JSONValue, _ words: String) throws {
    let (conversion, item) = try only(
      States.resource(
        "google_artifact_registry_repository", States.repository([name: value])))
    #expect(item.outcome == .skipped && item.skipped?.contains(words) == true, "\(item)")
    #expect(conversion.estate.resources.isEmpty)
  }

  /// The number of a project becomes its id where the state shows both: on the project, also as data, or on a pool.
  @Test(arguments: [
    States.resource(
      "google_project", ["project_id": .string(States.project), "number": "4711"], mode: "data"),
    States.resource(
      "google_iam_workload_identity_pool",
      [
        "project": .string(States.project),
        "name": "projects/4711/locations/global/workloadIdentityPools/github",
        "workload_identity_pool_id": "github",
      ]),
  ])
  func aNumberBecomesAnID(_ source: JSONValue) throws {
    let name = "projects/4711/locations/us-east4/repositories/up"
    let conversion = try States.convert([
      States.resource(
        "google_artifact_registry_repository",
        States.repository([
          "project": "4711", "mode": "VIRTUAL_REPOSITORY",
          "virtual_repository_config": [
            ["upstream_policies": [["id": "a", "repository": .string(name), "priority": 0]]]
          ],
        ])), source,
    ])
    let resource = conversion.estate.resources[
      try address("my-project-id/repository/us-east4/libs")]
    #expect(
      resource?["virtualRepositoryConfig"]?["upstreamPolicies"] == [
        ["id": "a", "repository": "projects/my-project-id/locations/us-east4/repositories/up"]
      ])
  }

  // MARK: what a state says besides

  @Test func dataAndOtherProvidersAreNoItems() throws {
    let conversion = try States.convert([
      States.resource("google_service_account", States.account(), mode: "data"),
      States.resource(
        "random_id", [:], provider: #"provider["registry.terraform.io/hashicorp/random"]"#),
      States.resource(
        "x_y", [:], provider: #"module.a.provider["registry.terraform.io/acme/thing"].alias"#),
    ])
    #expect(conversion.items.isEmpty && !conversion.isPartial)
    #expect(conversion.foreign == ["provider random": 1, "provider acme/thing": 1])
  }

  @Test(arguments: [
    (#"provider["registry.terraform.io/hashicorp/google-beta"]"#, "terraform"),
    (#"module.a["x"].provider["registry.terraform.io/hashicorp/google"].eu"#, "terraform"),
    (#"provider["registry.opentofu.org/hashicorp/google"]"#, "tofu"),
    ("provider.google", "terraform"),
  ])
  func providersOfGoogle(_ provider: String, _ program: String) throws {
    let (_, item) = try only(
      States.resource("google_service_account", States.account(), provider: provider))
    #expect(item.outcome == .converted)
    guard case .terraform(let origin) = item.origin else { return }
    #expect(origin.program == program)
  }

  @Test func deposedTaintedAndFlatInstances() throws {
    let conversion = try States.convert([
      States.resource(
        "google_service_account", "a", States.account("account-a"), more: ["deposed": "0a1b"]),
      States.resource(
        "google_service_account", "b", States.account("account-b"), more: ["status": "tainted"]),
      States.resource(
        "google_service_account", "c", [:],
        more: ["attributes": .null, "attributes_flat": ["account_id": "account-c"]]),
    ])
    #expect(conversion.items.map(\.outcome) == [.skipped, .noted, .skipped])
    #expect(conversion.estate.resources.count == 1)
  }

  @Test func namesOfModulesCountAndForEach() throws {
    let conversion = try States.convert([
      States.resource(
        "google_service_account", "a", States.account("account-a"), module: #"module.m["k"]"#,
        more: ["index_key": 3]),
      States.resource(
        "google_service_account", "b", States.account("account-b"), more: ["index_key": "x\"y"]),
    ])
    #expect(
      conversion.items.map(\.name) == [
        #"module.m["k"].google_service_account.a[3]"#, #"google_service_account.b["x\"y"]"#,
      ])
  }

  /// One resource under two addresses is written once; where the two differ, that is a loss.
  @Test func aResourceTwice() throws {
    let same = try States.convert([
      States.resource("google_service_account", "a", States.account()),
      States.resource("google_service_account", "b", States.account()),
    ])
    #expect(same.items.map(\.outcome) == [.converted, .noted])
    let other = try States.convert([
      States.resource("google_service_account", "a", States.account()),
      States.resource(
        "google_service_account", "b", States.account("uploader", ["description": "D"])),
    ])
    #expect(other.items.map(\.outcome) == [.converted, .inPart])
    #expect(other.items[1].notes[0].text.contains("`description`"))
    #expect(other.estate.resources.first?.value == [:])
  }

  // MARK: secrets

  /// A sensitive value is in nothing that the conversion holds, whatever the attribute is.
  @Test(arguments: [
    "google_artifact_registry_repository", "google_service_account", "google_storage_bucket",
    "google_service_account_key", "google_artifact_registry_repository_iam_member",
  ])
  func sensitiveValuesAreNowhere(_ type: String) throws {
    var attributes = States.repository(["description": "CANARY-1"])
    for (key, value) in States.account() { attributes[key] = attributes[key] ?? value }
    for (key, value) in States.grant(["member": "user:canary-1@example.com"]) {
      attributes[key] = value
    }
    attributes["private_key"] = "CANARY-1"
    attributes["remote_repository_config"] = [["description": "CANARY-1"]]
    attributes["name"] = .string(
      "\(States.accountName)/keys/0123456789abcdef0123456789abcdef01234567")
    let path = ["description", "private_key", "member"].map { name -> JSONValue in
      [["type": "get_attr", "value": .string(name)]]
    }
    let deep: JSONValue = [
      ["type": "get_attr", "value": "remote_repository_config"],
      ["type": "index", "value": ["value": 0, "type": "number"]],
      ["type": "get_attr", "value": "description"],
    ]
    let (conversion, item) = try only(
      States.resource(
        type, attributes, more: ["sensitive_attributes": .array(path + [deep])]))
    #expect(!"\(conversion)".lowercased().contains("canary-1"))
    if type == "google_artifact_registry_repository" {
      #expect(item.outcome == .inPart)
      #expect(item.notes.contains { $0.text.contains("`remote_repository_config[0].description`") })
    }
  }
}
