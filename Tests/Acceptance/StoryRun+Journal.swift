import Foundation
import JSON

/// A request that the sandbox received.
struct JournalEntry {
  let number: Int
  let method: String
  /// `METHOD PATH[?QUERY] STATUS`: the text that stories match.
  let text: String
  let body: String

  init(_ value: JSONValue) {
    func string(_ key: String) -> String { value[key]?.string ?? "" }
    number = Int(value["seq"]?.integer ?? 0)
    method = string("method")
    let query = string("query").isEmpty ? "" : "?\(string("query"))"
    text = "\(method) \(string("path"))\(query) \(value["status"]?.integer ?? 0)"
    body = string("body")
  }

  /// Whether the request is a write: neither a read nor a request for a token.
  var isWrite: Bool {
    method != "GET"
      && !text.contains(/:getIamPolicy|:testIamPermissions|\/token|\/_sandbox\/|:batchGet/)
  }
}

extension StoryRun {
  /// `journal mark`, `journal writes == N`, `journal REGEX == N`, `journal order REGEX REGEX...`,
  /// `! journal body REGEX`: the requests that the sandbox received since the mark.
  func journal(_ words: inout Words, _ expectation: Expectation) throws {
    let entries = try entries()
    if words.take("mark") {
      journalMark = entries.last?.number ?? journalMark
    } else if words.take("order") {
      try order(words.rest, entries)
    } else if words.take("body") {
      let regex = try Regex(words.next("the pattern"))
      let found = entries.first { $0.body.contains(regex) }
      guard (found == nil) == expectation.isNegated else {
        throw StoryFailure(found.map { "found in \($0.text): \($0.body)" } ?? "found nowhere")
      }
    } else {
      try count(&words, entries)
    }
  }

  /// `await REGEX >= N`: waits until the sandbox has received N requests; `await file NAME`: waits for a file.
  func awaitJournal(_ words: inout Words) throws {
    if words.take("file") {
      let name = path(try words.next("a file"))
      guard poll({ FileManager.default.fileExists(atPath: name) }) else {
        throw StoryFailure("there is no \(name)")
      }
      return try words.end()
    }
    let rest = words
    let isThere = poll {
      var words = rest
      return (try? count(&words, entries())) != nil
    }
    if !isThere { throw StoryFailure("it did not come to that\n\(try listing(entries()))") }
  }

  private func count(_ words: inout Words, _ entries: [JournalEntry]) throws {
    let pattern = try words.next("the pattern")
    let regex = try Regex(pattern)
    let found = entries.filter { pattern == "writes" ? $0.isWrite : $0.text.contains(regex) }
    let sign = try words.next("a comparison")
    let number = try words.number("the number")
    let holds =
      switch sign {
      case "==": found.count == number
      case ">=": found.count >= number
      case "<=": found.count <= number
      default: throw StoryFailure("\(sign) is not a comparison")
      }
    if !holds { throw StoryFailure("\(found.count) requests\n\(listing(found))") }
  }

  /// Every request that matches a pattern came before every request that matches the next pattern.
  private func order(_ patterns: [String], _ entries: [JournalEntry]) throws {
    var last = 0
    for pattern in patterns {
      let regex = try Regex(pattern)
      let numbers = entries.filter { $0.text.contains(regex) }.map(\.number)
      guard let first = numbers.first, first > last else {
        throw StoryFailure("\(pattern): not in this order\n\(listing(entries))")
      }
      last = numbers.last ?? first
    }
  }

  private func listing(_ entries: [JournalEntry]) -> String {
    entries.suffix(60).map(\.text).joined(separator: "\n")
  }

  func entries() throws -> [JournalEntry] {
    let answer = try reach().send("GET", "/_sandbox/journal")
    let requests = try JSONValue(parsing: Array(answer.body.utf8))["requests"]?.array ?? []
    return requests.map(JournalEntry.init).filter { $0.number > journalMark }
  }
}
