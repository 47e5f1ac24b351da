import JSON
import TestSupport
import Testing

@testable import Model

@Suite struct SchemaDiffTests {
  func texts(_ desired: JSONObject, _ live: JSONValue) -> [String] {
    SchemaDiff.changes(desired: desired, live: live, schema: MadeUpKind.schema).map {
      "\($0.path): \($0.from?.text() ?? "-") -> \($0.to?.text() ?? "-")\($0.isImmutable ? " !" : "") [\($0.mask ?? "")]"
    }
  }

  @Test func unwrittenFieldsAreNotCompared() {
    #expect(texts([:], ["description": "x", "labels": ["a": "b"], "format": "DOCKER"]) == [])
  }

  @Test(
    arguments: [
      (["mode": "STANDARD_REPOSITORY"], ["format": "PYTHON"]),
      (["mode": "STANDARD_REPOSITORY"], ["mode": "MODE_UNSPECIFIED"]),
      (["mode": .null], [:]),
      (["description": ""], [:]),
      (["description": .null], ["description": ""]),
      (["dryRun": false], [:]),
      (["permissions": ["a", "b"]], ["permissions": ["b", "a", "a"]]),
      (["permissions": []], [:]),
      (
        ["policies": ["x": ["id": "x", "condition": ["olderThan": "60s"]]]],
        ["policies": ["x": ["id": "x", "condition": ["olderThan": "60.000s"]]]]
      ),
      (
        ["policies": ["x": ["action": "KEEP"]]], ["policies": ["x": ["id": "x", "action": "KEEP"]]]
      ),
      (
        ["upstreams": [["id": "a", "priority": 1], ["id": "b"]]],
        ["upstreams": [["id": "b", "priority": 0], ["id": "a", "priority": 1]]]
      ),
      (["labels": [:]], ["labels": ["x": "y"]]),
      (["labels": .null], [:]),
      (["labels": ["gone": .null]], ["labels": ["x": "y"]]),
      (["remote": ["skipCheck": true]], [:]),
      (["marker": [:]], ["marker": [:]]),
    ] as [(JSONObject, JSONValue)])
  func equal(desired: JSONObject, live: JSONValue) {
    #expect(texts(desired, live) == [])
  }

  @Test func fieldsOfNestedObjectsAreComparedOneByOne() {
    #expect(
      texts(["remote": ["uri": "b"]], ["remote": ["uri": "a", "credentials": ["username": "u"]]])
        == ["remote.uri: \"a\" -> \"b\" ! [remote]"])
    #expect(
      texts(
        ["remote": ["credentials": ["username": "v"]]],
        ["remote": ["uri": "a", "credentials": ["username": "u", "password": "p"]]])
        == ["remote.credentials.username: \"u\" -> \"v\" [remote.credentials.username]"])
  }

  @Test func labelsMergeByKey() {
    #expect(
      texts(
        ["labels": ["team": "platform", "old": .null]],
        ["labels": ["team": "web", "old": "1", "x": "y"]])
        == ["labels.old: \"1\" -> - [labels]", "labels.team: \"web\" -> \"platform\" [labels]"])
    #expect(
      texts(["labels": .null], ["labels": ["a": "1", "b": "2"]])
        == ["labels.a: \"1\" -> - [labels]", "labels.b: \"2\" -> - [labels]"])
  }

  @Test func elementsOfExactSetsAreWhole() {
    let live: JSONValue = [
      "policies": [
        "old": [
          "id": "old", "action": "DELETE",
          "condition": ["olderThan": "2592000s", "tagState": "ANY"],
        ],
        "stray": ["id": "stray", "action": "KEEP"],
      ]
    ]
    let desired: JSONObject = [
      "policies": [
        "old": ["id": "old", "action": "DELETE", "condition": ["olderThan": "1209600s"]],
        "new": ["id": "new", "action": "KEEP"],
      ]
    ]
    #expect(
      texts(desired, live) == [
        "policies[\"new\"]: - -> {\"action\":\"KEEP\"} [policies]",
        "policies[\"old\"].condition.olderThan: \"2592000s\" -> \"1209600s\" [policies]",
        "policies[\"old\"].condition.tagState: \"ANY\" -> - [policies]",
        "policies[\"stray\"]: {\"action\":\"KEEP\"} -> - [policies]",
      ])
  }

  @Test func nullResetsAnObject() {
    #expect(
      texts(["remote": .null], ["remote": ["uri": "a", "state": "fine"]])
        == ["remote.uri: \"a\" -> - ! [remote]"])
    #expect(texts(["marker": .null], ["marker": [:]]) == ["marker: {} -> - [marker]"])
  }

  @Test func aPatchCarriesUntouchedPartsOver() {
    let live: JSONValue = [
      "labels": ["team": "web", "foreign": "kept"],
      "remote": ["uri": "a", "state": "fine", "unknownToUs": 1, "credentials": ["username": "u"]],
    ]
    let spec: JSONObject = [
      "labels": ["team": "platform", "gone": .null],
      "remote": ["uri": "b"], "description": .null,
    ]
    let fields = SchemaDiff.changes(
      desired: spec,
      live: live.adding("description", "x").adding("labels", ["team": "web", "gone": "1"]),
      schema: MadeUpKind.schema)
    let (body, mask) = SchemaDiff.patchBody(
      spec: spec, fields: fields, live: live, schema: MadeUpKind.schema)
    #expect(mask == ["description", "labels", "remote"])
    #expect(
      body == [
        "labels": ["team": "platform", "foreign": "kept"],
        "remote": ["uri": "b", "unknownToUs": 1, "credentials": ["username": "u"]],
      ])
  }

  @Test func aFieldWithItsOwnMaskIsSentAlone() {
    let live: JSONValue = [
      "remote": ["uri": "a", "credentials": ["username": "u", "password": "p"]]
    ]
    let spec: JSONObject = [
      "remote": ["uri": "a", "credentials": ["username": "v", "password": "p"]]
    ]
    let fields = SchemaDiff.changes(desired: spec, live: live, schema: MadeUpKind.schema)
    let (body, mask) = SchemaDiff.patchBody(
      spec: spec, fields: fields, live: live, schema: MadeUpKind.schema)
    #expect(mask == ["remote.credentials.username"])
    #expect(body == ["remote": ["credentials": ["username": "v"]]])
  }

  @Test func nullResetsAFieldWithItsOwnMask() {
    let live: JSONValue = [
      "remote": ["uri": "a", "credentials": ["username": "u", "password": "p"]]
    ]
    let spec: JSONObject = ["remote": ["credentials": .null]]
    let fields = SchemaDiff.changes(desired: spec, live: live, schema: MadeUpKind.schema)
    let (body, mask) = SchemaDiff.patchBody(
      spec: spec, fields: fields, live: live, schema: MadeUpKind.schema)
    #expect(mask == ["remote.credentials.username", "remote.credentials.password"])
    #expect(body["remote"]?["credentials"]?["username"] == nil)
    #expect(body["remote"]?["credentials"]?["password"] == nil)
  }

  @Test func anElementWithOnlyItsIdExists() {
    #expect(
      texts(["upstreams": [["id": "a"]]], ["upstreams": [["id": "b", "priority": 0]]]) == [
        "upstreams[\"a\"]: - -> {} [upstreams]", "upstreams[\"b\"]: {} -> - [upstreams]",
      ])
  }

  @Test func aCreateLeavesOutFieldsThatRequestTheDefault() {
    let spec: JSONObject = [
      "format": "PYTHON", "description": .null, "labels": ["a": "b", "c": .null],
    ]
    #expect(
      SchemaDiff.createBody(spec: spec, schema: MadeUpKind.schema)
        == ["format": "PYTHON", "labels": ["a": "b"]])
  }
}

extension JSONValue {
  func adding(_ key: String, _ value: JSONValue) -> JSONValue {
    var object = object ?? [:]
    object[key] = value
    return .object(object)
  }
}
