import Crypto
import Foundation
import JSON
import Testing

@testable import Sandbox

/// Replays the recorded exchanges in order. An answer may differ from the recorded one only in what the recording's
/// normaliser replaced, and in `recordingsFault`.
@Suite struct RecordedTests {
  struct Exchange {
    let method: String
    let target: String
    let request: JSONValue?
    let status: Int
    let response: JSONValue
  }

  /// Where a recording is wrong, by recording and place in the answer. An entry that no answer needs fails, too.
  ///
  /// The recorder's mock answers `queryTestablePermissions` with nothing, and has no system-managed key and no real
  /// private key. Its normaliser cuts `config` of services out. The `value` of a packed Empty is Go's form, which Google's
  /// Python client cannot read.
  static let recordingsFault: [String: Set<String>] = [
    "role": ["permissions"], "service-account-key": ["privateKeyData", "keys"],
    "services": [
      "response.service.config", "response.services[0].config", "response.services[1].config",
      "metadata.value",
    ],
    "project": ["response.service.config", "metadata.value"],
  ]

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
    var replay = Replay(sandbox: sandbox, faults: Self.recordingsFault[name] ?? [])
    let exchanges = try Self.exchanges(name)
    #expect(exchanges.count >= 4)
    for exchange in exchanges { replay.run(exchange) }
    #expect(replay.unused.isEmpty, "no longer different")
  }

  @Test func theComparisonFindsDifferences() throws {
    let replay = Replay(sandbox: try TestSandbox("my-project"), faults: [])
    func differences(_ want: JSONValue, _ got: JSONValue) -> [String] {
      replay.differences(want, got, at: "")
    }
    let time: JSONValue = ["createTime": "2024-04-01T12:34:56.123456Z"]
    #expect(differences(time, ["createTime": "2026-01-02T03:04:05.000001Z"]).isEmpty)
    #expect(differences(time, ["createTime": ""]) == ["createTime"])
    #expect(differences(time, ["createTime": 1]) == ["createTime"])
    #expect(differences(time, [:]) == ["createTime"])
    #expect(differences([:], ["etag": "BwYs5mC3y0I="]) == ["etag"])
    #expect(differences(["etag": "abcdef0123A="], ["etag": "BwYs5mC3y0I="]).isEmpty)
    #expect(differences(["etag": "abcdef0123A="], ["etag": "x"]) == ["etag"])
    #expect(differences(["uniqueId": "111111111111111111111"], ["uniqueId": "12"]) == ["uniqueId"])
    #expect(differences(["a": [1, 2]], ["a": [1]]) == ["a"])
    #expect(differences(["a": [["b": 1]]], ["a": [["b": 2]]]) == ["a[0].b"])
    #expect(differences(["done": true], ["done": 1]) == ["done"])
  }
}

/// One run through a recording: knows the values of its placeholders so far.
struct Replay {
  let sandbox: TestSandbox
  private let faults: Set<String>
  /// The faults that no answer has needed so far.
  private(set) var unused: Set<String>
  var values: [String: String] = [
    "projectId": "my-project", "uniqueId": "abc123", "folderID": "12",
  ]

  init(sandbox: TestSandbox, faults: Set<String>) {
    self.sandbox = sandbox
    self.faults = faults
    unused = faults
  }

  mutating func run(_ exchange: RecordedTests.Exchange) {
    let target = fill(exchange.target)
    let body = exchange.request.map { fill($0) }
    var reply = sandbox.call(exchange.method, target, body)
    // The recording has the finished operation.
    while exchange.response["done"] == true, reply["done"] == nil, reply.status == 200 {
      reply = sandbox.call(exchange.method, target, body)
    }
    #expect(reply.status == exchange.status, "\(exchange.method) \(target) \(reply.body.text())")
    learn(reply.body, exchange.response)
    let want = fill(exchange.response, isAnswer: true)
    for place in differences(want, reply.body, at: "") {
      #expect(faults.contains(place), "\(exchange.method) \(target): \(place)")
      unused.remove(place)
    }
    // The list of keys may differ, but must contain the recorded one.
    guard let keys = want["keys"]?.array else { return }
    let mine = (reply["keys"]?.array ?? []).filter { $0["keyType"] == "USER_MANAGED" }
    #expect(differences(.array(keys), .array(mine), at: "keys").isEmpty)
  }

  /// Reads the ids of this run from an answer, by the recording's placeholders.
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
        // Operations follow one another; the other ids stay the same.
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

  /// Etags in answers are compared by form only.
  private func fill(_ value: JSONValue, isAnswer: Bool = false) -> JSONValue {
    switch value {
    case .string(Self.etag) where !isAnswer: values["etag"].map { .string($0) } ?? value
    case .string(let text): .string(fill(text))
    case .array(let items): .array(items.map { fill($0, isAnswer: isAnswer) })
    case .object(let object):
      .object(
        object.reduce(into: JSONObject()) { $0[$1.key] = fill($1.value, isAnswer: isAnswer) })
    default: value
    }
  }

  private static let etag = "abcdef0123A="

  /// The places at which an answer differs from a recorded one.
  func differences(_ want: JSONValue, _ got: JSONValue, at place: String) -> [String] {
    switch (want, got) {
    case (.object(let wanted), .object(let found)):
      return Set(wanted.keys).union(found.keys).sorted().flatMap { key -> [String] in
        let inner = place.isEmpty ? key : "\(place).\(key)"
        guard let one = wanted[key], let other = found[key] else { return [inner] }
        return differences(one, other, at: inner)
      }
    case (.array(let wanted), .array(let found)) where wanted.count == found.count:
      return zip(wanted, found).enumerated().flatMap {
        differences($1.0, $1.1, at: "\(place)[\($0)]")
      }
    case (.string(let wanted), .string(let found)): return isSame(wanted, found) ? [] : [place]
    default: return want == got ? [] : [place]
    }
  }

  /// Whether a text is the recorded one, or has the form of the placeholder there.
  private func isSame(_ want: String, _ got: String) -> Bool {
    switch want {
    case "2024-04-01T12:34:56.123456Z":
      got.wholeMatch(of: /[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,9})?Z/) != nil
    case "2024-04-01T12:34:56Z":
      got.wholeMatch(of: /[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z/) != nil
    case String(repeating: "1", count: 21), String(repeating: "8", count: 21):
      got.wholeMatch(of: /[0-9]{21}/) != nil
    case Self.etag: Base64.decode(got).map { !$0.isEmpty && Base64.encode($0) == got } ?? false
    default: want == got
    }
  }
}
