import CloudResources
import GoogleCloud
import JSON
import Model

/// What arctl knows of a secret: who stored what is in its annotations and aliases.
package struct StoredSecret: Sendable, Hashable {
  /// With its quotation marks.
  package let etag: String
  /// All annotations, those of others included.
  package let annotations: [String: String]
  /// The numbers of the versions that have names, those of others included.
  package let aliases: [String: Int]

  /// Reads an answer. Throws `malformed` if it is about another secret, or in a form that arctl does not know.
  init(_ answer: JSONValue, of secret: SecretVersions, _ call: APICall) throws(APIError) {
    func malformed(_ message: String) -> APIError {
      APIError(.malformed, label: call.label, message)
    }
    guard secret.isNamed(answer, []) else { throw malformed(LiveAnswer.notAsked) }
    guard let etag = answer["etag"]?.string, !etag.isEmpty else {
      throw malformed("the answer has no etag")
    }
    var annotations: [String: String] = [:]
    for (key, value) in try Self.members(answer["annotations"], call) {
      guard let text = value.string else { throw malformed("an annotation is not a text") }
      annotations[key] = text
    }
    var aliases: [String: Int] = [:]
    for (alias, value) in try Self.members(answer["versionAliases"], call) {
      guard let number = value.string.flatMap({ Int($0) }) ?? value.integer.map({ Int($0) }),
        number > 0
      else { throw malformed("an alias is not for a version") }
      aliases[alias] = number
    }
    self.etag = etag
    self.annotations = annotations
    self.aliases = aliases
  }

  private static func members(
    _ value: JSONValue?, _ call: APICall
  ) throws(APIError) -> JSONObject {
    guard let value else { return [:] }
    guard let members = value.object else {
      throw APIError(.malformed, label: call.label, "the answer has a map of another form")
    }
    return members
  }
}

/// A version of a secret, without its value.
package struct StoredVersion: Sendable, Hashable {
  /// The states of a version. One that arctl does not know is neither usable nor gone.
  package enum State: Sendable, Hashable {
    case enabled, disabled, destroyed
    case unknown
  }

  /// From 1, in the order of creation.
  package let number: Int
  /// As the server shows it.
  package let state: State
  /// Unix seconds.
  package let createTime: Int64
  /// Whether its writer sent a checksum, which the server compared with the value.
  package let isChecksumConfirmed: Bool
  /// With its quotation marks.
  package let etag: String
  /// Whether the server will destroy it at a set time; until then it is disabled.
  package let isScheduledForDestruction: Bool

  /// Reads an answer, or a member of a list. Throws `malformed` if it is about another version, or in a form that arctl
  /// does not know.
  init(
    _ answer: JSONValue, of secret: SecretVersions, _ call: APICall, number wanted: Int? = nil
  ) throws(APIError) {
    func malformed(_ message: String) -> APIError {
      APIError(.malformed, label: call.label, message)
    }
    let last = ResourceNames.lastSegment(of: answer["name"]?.string ?? "")
    guard let number = Int(last), number > 0, "\(number)" == last, wanted ?? number == number,
      secret.isNamed(answer, ["versions", last])
    else { throw malformed(LiveAnswer.notAsked) }
    guard let etag = answer["etag"]?.string, !etag.isEmpty else {
      throw malformed("version \(number) has no etag")
    }
    guard let time = answer["createTime"]?.string.flatMap(Instant.init) else {
      throw malformed("version \(number) has no creation time")
    }
    self.number = number
    self.etag = etag
    createTime = time.seconds
    isChecksumConfirmed = answer["clientSpecifiedPayloadChecksum"] == true
    isScheduledForDestruction = answer["scheduledDestroyTime"] != nil
    state =
      switch answer["state"]?.string {
      case "ENABLED": .enabled
      case "DISABLED": .disabled
      case "DESTROYED": .destroyed
      default: .unknown
      }
  }
}

extension SecretVersions {
  /// Whether an answer names this secret, followed by `rest`. Answers have the project's number.
  func isNamed(_ answer: JSONValue, _ rest: [String]) -> Bool {
    ResourceNames.isName(
      ResourceNames.parts(of: answer["name"]?.string ?? ""), in: project,
      followedBy: ["secrets", secret] + rest)
  }
}
