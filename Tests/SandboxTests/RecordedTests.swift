import Foundation
import JSON
import Testing

@testable import Sandbox

/// Replays the recorded exchanges, in order, and compares status and body with placeholders put in.
///
/// Left out, as the recording's own: the key data and the key list of `service-account-key` (the
/// recorder's mock has no system-managed key and no real private key), `queryTestablePermissions` of
/// `role` (the mock answers nothing), `config` of services (the recorder cuts it away), and the `value`
/// of a packed Empty (Go's form, which Google's Python client cannot read).
@Suite struct RecordedTests {
  struct Exchange {
    let method: String
    let target: String
    let request: JSONValue?
    let status: Int
    let response: JSONValue
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/recorded")

  static func exchanges(_ name: String) throws -> [Exchange] {
    let text = try String(
      contentsOf: folder.appendingPathComponent("\(name)/_http.log"), encoding: .utf8)
    return try text.components(separatedBy: "\n---\n").map { part in
      let blocks = part.trimmingCharacters(in: .whitespacesAndNewlines)
        .components(separatedBy: "\n\n")
      let line = blocks[0].components(separatedBy: "\n")[0].components(separatedBy: " ")
      let start = try #require(blocks.firstIndex { $0.hasPrefix("200 ") || $0.hasPrefix("403 ") })
      let target = line[1].replacingOccurrences(
        of: "https://[^/]+", with: "", options: .regularExpression)
      return Exchange(
        method: line[0], target: target,
        request: start > 1 ? try JSONValue(parsing: blocks[1].utf8) : nil,
        status: Int(blocks[start].prefix(3)) ?? 0,
        response: try JSONValue(parsing: blocks[start + 1].utf8))
    }
  }

  @Test(arguments: [
    "repository", "service-account", "service-account-key", "role", "project", "services",
  ])
  func replays(_ name: String) throws {
    let sandbox = try TestSandbox("my-project")
    var replay = Replay(sandbox: sandbox)
    let exchanges = try Self.exchanges(name)
    #expect(exchanges.count >= 4)
    for exchange in exchanges { replay.run(exchange) }
  }
}

/// One run through a recording: knows what its placeholders stand for by now.
struct Replay {
  let sandbox: TestSandbox
  var values: [String: String] = [
    "projectId": "my-project", "uniqueId": "abc123", "folderID": "12",
  ]

  mutating func run(_ exchange: RecordedTests.Exchange) {
    let target = fill(exchange.target)
    let body = exchange.request.map { fill($0) }
    var reply = sandbox.call(exchange.method, target, body)
    // The recording has the operation when it was done.
    while exchange.response["done"] == true, reply["done"] == nil, reply.status == 200 {
      reply = sandbox.call(exchange.method, target, body)
    }
    #expect(reply.status == exchange.status, "\(exchange.method) \(target) \(reply.body.text())")
    learn(reply.body, exchange.response)
    if target.contains(":queryTestablePermissions") { return }
    let got = normalize(reply.body, target)
    let want = normalize(fill(exchange.response), target)
    #expect(got == want, "\(exchange.method) \(target)")
  }

  /// Takes the ids of this run from an answer, by the recording's placeholders.
  private mutating func learn(_ got: JSONValue, _ recorded: JSONValue) {
    if let etag = got["etag"]?.string { values["etag"] = etag }
    for (mine, theirs) in zip(got.array ?? [], recorded.array ?? []) { learn(mine, theirs) }
    guard let object = recorded.object else { return }
    for (key, value) in object {
      guard let text = value.string, let mine = got[key]?.string else {
        if let inner = got[key] { learn(inner, value) }
        continue
      }
      for name in ["operationID", "projectNumber", "serviceAccountKeyID"]
      where text.hasSuffix("${\(name)}") || text.hasPrefix("projects/${\(name)}/") {
        // Operations come one after another; the other ids stay the same.
        if name != "operationID", values[name] != nil { continue }
        let parts = mine.split(separator: "/")
        values[name] = String(
          text.hasPrefix("projects/${\(name)}") ? parts[1] : parts[parts.count - 1])
      }
    }
  }

  private func fill(_ text: String) -> String {
    values.reduce(text) { $0.replacingOccurrences(of: "${\($1.key)}", with: $1.value) }
  }

  private func fill(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string("abcdef0123A="): values["etag"].map { .string($0) } ?? value
    case .string(let text): .string(fill(text))
    case .array(let items): .array(items.map { fill($0) })
    case .object(let object):
      .object(object.reduce(into: JSONObject()) { $0[$1.key] = fill($1.value) })
    default: value
    }
  }

  private func normalize(_ value: JSONValue, _ target: String) -> JSONValue {
    switch value {
    case .array(let items):
      return .array(
        items.filter { $0["keyType"] != "SYSTEM_MANAGED" }.map { normalize($0, target) })
    case .object(let object):
      var result = JSONObject()
      for (key, value) in object {
        switch key {
        case "etag", "uniqueId", "oauth2ClientId", "privateKeyData": result[key] = "..."
        case "createTime", "updateTime", "lastEnableTime", "validAfterTime": result[key] = "..."
        case "config" where object["state"] != nil: continue
        case "value" where object["@type"] == "type.googleapis.com/google.protobuf.Empty": continue
        default: result[key] = normalize(value, target)
        }
      }
      return .object(result)
    default: return value
    }
  }
}
