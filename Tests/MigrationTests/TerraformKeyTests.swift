import JSON
import Kinds
import Model
import Testing

@testable import Migration

/// Keys in a state of Terraform: declarations of their ids, and nothing of their private halves.
@Suite struct TerraformKeyTests {
  private static let id = "0123456789abcdef0123456789abcdef01234567"

  private func key(_ name: String, _ id: String = id, _ changes: JSONObject = [:]) -> JSONValue {
    var attributes: JSONObject = [
      "name": .string("\(States.accountName)/keys/\(id)"), "private_key": "CANARY-2",
      "public_key": "x", "public_key_data": .null, "valid_after": "2026-01-05T09:12:33Z",
      "valid_before": "2027-01-05T09:12:33Z", "keepers": ["x": "CANARY-2"],
    ]
    for (key, value) in changes { attributes[key] = value }
    return States.resource("google_service_account_key", name, attributes)
  }

  @Test func aKeyIsDeclaredByItsID() throws {
    let conversion = try States.convert([key("k")])
    #expect(
      conversion.estate.resources.map { "\($0.key) \($0.value.text())" } == [
        "my-project-id/serviceAccountKey/uploader/\(Self.id) {}"
      ])
    #expect(conversion.items[0].outcome == .noted && !"\(conversion)".contains("CANARY-2"))
  }

  /// No private half lies in the state for a key whose public half was uploaded.
  @Test func anUploadedKeyHasNoWarning() throws {
    let conversion = try States.convert([key("k", Self.id, ["public_key_data": "LS0t"])])
    #expect(conversion.items[0].outcome == .converted)
  }

  /// One key has one declaration.
  @Test func severalKeys() throws {
    let other = String(Self.id.reversed())
    let conversion = try States.convert([key("9"), key("9", other), key("again")])
    #expect(Set(conversion.estate.resources.keys.map(\.id)) == [Self.id, other])
    #expect(conversion.items[2].notes.contains { $0.text.contains("the same resource") })
  }

  @Test(arguments: ["0123abcd", "", "x/y", "CANARY-2"])
  func anotherIDIsSkipped(_ id: String) throws {
    let conversion = try States.convert([key("k", id)])
    #expect(conversion.items[0].outcome == .skipped && conversion.estate.resources.isEmpty)
    #expect(!"\(conversion)".contains("CANARY-2"))
  }
}
