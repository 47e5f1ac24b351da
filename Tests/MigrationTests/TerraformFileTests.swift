import JSON
import Kinds
import Testing

@testable import Migration

/// The forms of a state, and what else people give.
@Suite struct TerraformFileTests {
  private func problem(_ bytes: [UInt8], _ name: String = "x") -> MigrationError? {
    do throws(MigrationError) {
      _ = try TerraformMigration.read(bytes, named: name, kinds: Kinds.catalog)
      return nil
    } catch {
      return error
    }
  }

  /// A file that is no state: what it is, and what to type.
  @Test(arguments: [
    ("resource \"google_x\" \"y\" {\n}\n", "configuration", "terraform show -json"),
    ("# a\n// b\n\nterraform {\n", "configuration", "terraform show -json"),
    ("{\"resource\": {}, \"provider\": {}}", "configuration", "terraform show -json"),
    ("# google_x.y:\nresource \"google_x\" \"y\" {\n", "configuration", "terraform show -json"),
    ("Terraform used the selected providers to", "for people", "terraform show -json"),
    ("No changes. Your infrastructure", "for people", "terraform show -json"),
    ("PK\u{3}\u{4}\u{14}", "saved plan", "terraform show -json FILE"),
    ("", "empty", "pipe"), (" \n", "empty", "pipe"),
    ("{\"@level\":\"info\"}\n{\"@level\":\"info\"}\n", "log", "terraform plan -out"),
    ("{\"encrypted_data\":\"x\",\"serial\":1}", "encrypted", "tofu state pull"),
    (
      "{\"version\":3,\"terraform_version\":\"0.11.14\",\"modules\":[]}", "version 3",
      "terraform state pull"
    ),
    ("{\"version\":5,\"terraform_version\":\"9.0.0\"}", "version 5", "terraform show -json"),
    ("{\"version\":4,\"terraform_version\":\"1.0.0\"}", "`resources`", "terraform show -json"),
    ("{\"format_version\":\"7.0\"}", "newer", "terraform state pull"),
    ("[]", "not a state", "terraform show -json"),
    ("{\"a\":1}", "not a state", "terraform show -json"),
    ("{\"a\":", "not valid JSON", "terraform show"),
    ("\u{1}\u{2}", "not text", "terraform show -json"),
  ])
  func itSaysWhatAFileIs(_ text: String, _ what: String, _ command: String) throws {
    let found = try #require(problem(Array(text.utf8)))
    #expect(found.message.contains(what), "\(found)")
    #expect(found.help.joined().contains(command), "\(found)")
  }

  @Test func filesThatAreNoText() throws {
    #expect(try #require(problem([0x1F, 0x8B, 8])).help.joined().contains("gunzip"))
    #expect(try #require(problem([0xFF, 0xFE, 0x7B, 0])).message.contains("UTF-16"))
    #expect(try #require(problem(Array("{}".utf8), "main.tf")).message.contains("configuration"))
  }

  /// A byte order mark, which PowerShell writes, is no part of the state.
  @Test func aMarkIsSkipped() {
    #expect(problem([0xEF, 0xBB, 0xBF] + States.file([]).serialized()) == nil)
  }

  @Test func tooManyValues() throws {
    let text = "[" + String(repeating: "0,", count: TerraformFile.maximumValues) + "0]"
    #expect(try #require(problem(Array(text.utf8))).message.contains("too large"))
  }

  /// What `terraform show -json` prints says the same as the state file.
  @Test func theShownFormIsTheSame() throws {
    let attributes = States.repository(["description": "x"])
    let file = try States.convert([
      States.resource(
        "google_artifact_registry_repository", "a", attributes, module: #"module.m["k"]"#,
        more: ["index_key": 0])
    ])
    let resource: JSONValue = [
      "address": #"module.m["k"].google_artifact_registry_repository.a[0]"#, "mode": "managed",
      "type": "google_artifact_registry_repository", "name": "a", "index": 0,
      "provider_name": "registry.terraform.io/hashicorp/google", "schema_version": 0,
      "values": .object(attributes), "sensitive_values": ["docker_config": []],
    ]
    let values: JSONValue = [
      "root_module": [
        "resources": [],
        "child_modules": [["address": #"module.m["k"]"#, "resources": [resource]]],
      ]
    ]
    let state: JSONValue = [
      "format_version": "1.0", "terraform_version": "1.9.8", "values": values,
    ]
    let shown = try TerraformMigration.read(
      state.serialized(), named: "-", kinds: Kinds.catalog)
    #expect(shown.items == file.items && shown.estate.resources == file.estate.resources)
    // Of a plan, what existed before it.
    let plan: JSONValue = [
      "format_version": "1.2", "planned_values": ["root_module": [:]], "prior_state": state,
      "resource_changes": [
        ["change": ["actions": ["no-op"]]], ["change": ["actions": ["delete", "create"]]],
      ],
    ]
    let planned = try TerraformMigration.read(
      plan.serialized(), named: "-", kinds: Kinds.catalog)
    #expect(planned.items == file.items)
    #expect(planned.remarks.count == 1 && planned.remarks[0].contains("1 change"))
  }

  @Test func anEmptyStateIsNoError() throws {
    for text in [
      "{\"format_version\":\"1.0\"}", "{\"format_version\":\"1.0\",\"planned_values\":{}}",
    ] {
      let found = try TerraformMigration.read(
        Array(text.utf8), named: "-", kinds: Kinds.catalog)
      #expect(found.items.isEmpty && !found.isPartial)
    }
  }

  /// `sensitive_values` of the shown form hides what is `true` there, at any depth.
  @Test(
    arguments: [
      ["description": true], ["docker_config": [["immutable_tags": true]]], true,
      ["labels": ["a": true]], ["description": ["unexpected": true]],
    ] as [JSONValue])
  func sensitiveValuesAreNotCopied(_ mask: JSONValue) throws {
    let attributes = States.repository([
      "description": "CANARY", "docker_config": [["immutable_tags": "CANARY"]],
      "labels": ["a": "CANARY"],
    ])
    let (rest, hidden) = SensitiveMask(tree: mask).removed(from: attributes)
    let masked = mask == true ? 0 : 2
    #expect("\(rest)".components(of: "CANARY") == masked && !hidden.isEmpty)
  }

  /// No error quotes a broken file, wherever it breaks.
  @Test func errorsQuoteNothing() throws {
    let whole = States.file([
      States.resource(
        "google_service_account_key",
        ["private_key": "CANARY-KEY", "CANARY-NAME": "CANARY-KEY", "name": "x"])
    ]).serialized()
    for end in stride(from: 0, to: whole.count, by: 7) {
      let found = problem(Array(whole[..<end]))
      #expect(found != nil && !"\(String(describing: found))".contains("CANARY"))
    }
    let doubled = #"{"version":4,"terraform_version":"1","CANARY":1,"CANARY":2}"#
    #expect(!"\(String(describing: problem(Array(doubled.utf8))))".contains("CANARY"))
  }
}

extension String {
  fileprivate func components(of word: String) -> Int { ranges(of: word).count }
}
