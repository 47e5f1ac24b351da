import JSON
import Model
import Testing

@testable import Keys

/// The notes beside a secret, which others can write too.
@Suite struct KeyNoteTests {
  @Test func aClaimComesBack() {
    for key in [nil, "k1"] {
      let claim = RemoteHolding.Claim(
        nonce: "00ff", time: 1_796_000_000, keyIDs: ["a", "b"], keyID: key)
      #expect(KeyNote.claim(KeyNote.value(claim)) == claim)
    }
  }

  @Test(arguments: [
    #"{"nonce":"x","time":9223372036854775807,"keys":[]}"#,
    #"{"nonce":"x","time":-1,"keys":[]}"#, #"{"nonce":"x","time":"1","keys":[]}"#,
    #"{"nonce":"x","time":1,"keys":["\u001b[2J"]}"#, #"{"nonce":"x","time":1,"keys":[1]}"#,
    #"{"nonce":"x","time":1,"keys":[],"key":"../x"}"#, #"{"nonce":"x","time":1,"keys":[],"key":1}"#,
    #"{"time":1,"keys":[]}"#, #"[]"#, #""x""#,
  ]) func everythingElseIsNone(_ text: String) throws {
    #expect(KeyNote.claim(try JSONValue(parsing: Array(text.utf8))) == nil)
  }

  /// The writes of a run are those within its lease; clocks of two servers may differ by a minute.
  @Test(arguments: [(0, false), (940, true), (1_000, true), (1_300, true), (1_301, false)])
  func aWriteBelongsToAClaimForAWhile(time: Int64, isWithin: Bool) {
    let claim = RemoteHolding.Claim(nonce: "n", time: 1_000, keyIDs: [])
    #expect(KeyNote.isWithin(time, claim) == isWithin)
  }

  @Test(arguments: [
    (1_000, 300), (1_299, 1), (1_300, 0), (9_999, 0), (700, 300), (699, 0), (0, 0),
  ]) func aClaimEnds(now: Int64, left: Int64) {
    let claim = RemoteHolding.Claim(nonce: "n", time: 1_000, keyIDs: [])
    #expect(claim.secondsLeft(at: now) == left)
  }
}
