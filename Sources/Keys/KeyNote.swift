import FoundationEssentials
import JSON
import Model

/// The text of a claim, as it is kept beside a secret.
enum KeyNote {
  /// `{"key":"...","keys":["..."],"nonce":"...","time":1796000000}`.
  static func value(_ claim: RemoteHolding.Claim) -> JSONValue {
    var object: JSONObject = [
      "nonce": .string(claim.nonce), "time": .integer(claim.time),
      "keys": .array(claim.keyIDs.sorted().map { .string($0) }),
    ]
    object["key"] = claim.keyID.map { .string($0) }
    if claim.isSent { object["sent"] = true }
    return .object(object)
  }

  /// The last second of the year 9999: others can write notes too, and dates are added to this one.
  private static let latest: Int64 = 253_402_300_799

  /// Nil for a value of another form.
  static func claim(_ value: JSONValue?) -> RemoteHolding.Claim? {
    guard let object = value?.object, let nonce = object["nonce"]?.string,
      let time = object["time"]?.integer, (0...latest).contains(time),
      let keys = object["keys"]?.array,
      keys.allSatisfy({ $0.string.map(isKeyID) ?? false })
    else { return nil }
    let key = object["key"]?.string
    guard key.map(isKeyID) ?? (object["key"] == nil) else { return nil }
    var claim = RemoteHolding.Claim(
      nonce: nonce, time: time, keyIDs: keys.compactMap(\.string), keyID: key)
    claim.isSent = object["sent"]?.bool ?? false
    return claim
  }

  /// Whether a text can be an id of Google's: it becomes part of messages and addresses.
  static func isKeyID(_ text: String) -> Bool {
    (1...48).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || $0 == 0x2D || $0 == 0x5F
      }
  }

  /// Unix seconds of an RFC 3339 time; nil for any other text.
  static func seconds(_ text: String) -> Int64? {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: text.contains("."))
    return (try? style.parse(text)).map { Int64($0.timeIntervalSince1970) }
  }

  /// Whether a write at `time` can be that of the run with this claim. The two times may be of two servers.
  static func isWithin(_ time: Int64, _ claim: RemoteHolding.Claim) -> Bool {
    (claim.time - 60...claim.time + RemoteHolding.Claim.lease).contains(time)
  }
}
