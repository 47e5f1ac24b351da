import Foundation
import JSON

extension StoryRun {
  /// `accounted ACCOUNT FILE`: after the last arctl no live key of the account is an unreported orphan. arctl exited with 0,
  /// one key is live, FILE holds it, and there are no leftovers; or with 9, naming every other key with its command.
  func accounted(_ words: inout Words) throws {
    let account = try words.next("the account")
    let file = path(try words.next("the key file"))
    try words.end()
    let answer = try request(
      "GET", "/v1/projects/-/serviceAccounts/\(account)/keys?keyTypes=USER_MANAGED", "")
    let keys = try JSONValue(parsing: Array(answer.body.utf8))["keys"]?.array ?? []
    let live = keys.compactMap { $0["name"]?.string?.split(separator: "/").last.map(String.init) }
    let held = FileManager.default.fileExists(atPath: file) ? try KeyFile(file).id : nil
    let state = "live \(live), held \(held ?? "none")"
    if let held, !live.contains(held) { throw StoryFailure("the file holds a dead key: \(state)") }
    let spare = live.filter { $0 != held }
    guard let end = lastEnd, case .exit(let code) = end, spare.isEmpty == (code == 0),
      [0, 9].contains(code)
    else { throw StoryFailure("\(lastEnd.map { "\($0)" } ?? "no arctl ran"), \(state)") }
    for id in spare where !(output + errors).contains(try Regex("keys\\s+delete\\s+\(id)\\s")) {
      throw StoryFailure("no word of key \(id): \(state)")
    }
    guard code == 0 else { return }
    guard live.count == 1 else { throw StoryFailure(state) }
    let folder = URL(filePath: file).deletingLastPathComponent().path
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix(".") && $0 != ".lock" }
    if !left.isEmpty { throw StoryFailure("leftovers: \(left)") }
  }
}
