import Foundation
import JSON

extension StoryRun {
  /// `stdout TEXT`, `stdout ~ REGEX`, `stdout == FILE`, each with `!` or without; `stderr` alike.
  func checkText(of stream: String, _ words: inout Words, _ expectation: Expectation) throws {
    let text = try read(stream)
    let holds: Bool
    if words.take("~") {
      holds = text.contains(try Regex(words.next("the pattern")).anchorsMatchLineEndings())
    } else if words.take("==") {
      let file = try words.next("a file")
      holds = try text == (file.isEmpty ? "" : read(file))
    } else {
      holds = text.oneBlank.contains(try words.next("the text").oneBlank)
    }
    try words.end()
    if holds == expectation.isNegated { throw StoryFailure("not in \(stream):\n\(text)") }
  }

  /// `contains FILE-OR-FOLDER TEXT`, or with `!` that no file there does.
  func contains(_ words: inout Words, _ expectation: Expectation) throws {
    let (name, text) = (try words.next("a file"), try words.next("the text"))
    try words.end()
    let found = try texts(below: name).first { $0.value.oneBlank.contains(text.oneBlank) }
    if (found != nil) == expectation.isNegated {
      throw StoryFailure(found.map { "\($0.key) holds it" } ?? "\(name) does not hold it")
    }
  }

  /// `secret KEYFILE`: no line of its private half was sent, logged or printed.
  func secret(_ words: inout Words) throws {
    let key = try KeyFile(path(words.next("the key file")))
    var places = try texts(below: ".arctl")
    places["the transcript"] = transcript
    for entry in try entries() { places[entry.text] = entry.body }
    for (place, text) in places {
      // The start of a PEM in base64. The sandbox leaves such bodies out of its journal.
      let marks = key.secrets + ["PRIVATE KEY", "LS0tLS1CRUdJTiBQUklW", "held a private key"]
      if marks.contains(where: text.contains) { throw StoryFailure("in \(place): \(text)") }
    }
  }

  private func texts(below name: String) throws -> [String: String] {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path(name), isDirectory: &isFolder)
    guard isFolder.boolValue else { return [name: try read(name)] }
    let names = FileManager.default.enumerator(atPath: path(name))?.compactMap { $0 as? String }
    var texts: [String: String] = [:]
    for file in names ?? [] { texts["\(name)/\(file)"] = try? read("\(name)/\(file)") }
    return texts
  }

  /// `json [in FILE] PATH (== | != | has | ~ | count) VALUE`, `json PATH absent`, `json PATH > NAME`.
  ///
  /// VALUE is JSON, or else a string; `@NAME` is a saved value.
  func json(_ words: inout Words) throws {
    let source = try words.take("in") ? read(words.next("a file")) : output
    guard let document = try? JSONValue(parsing: Array(source.utf8), maximumBytes: 64 << 20) else {
      throw StoryFailure("no JSON: \(source)")
    }
    let found = try JSONPath(text: words.next("a place")).value(in: document)
    let sign = try words.next("a comparison")
    if sign == "absent" {
      if let found { throw StoryFailure("there is \(found.text())") }
      return
    }
    guard let found else { throw StoryFailure("there is nothing at this place") }
    let word = try words.next("a value")
    try words.end()
    if sign == ">" {
      saved[word] = found
    } else if try !compare(found, sign, word) {
      throw StoryFailure("it is \(found.text())")
    }
  }

  private func compare(_ found: JSONValue, _ sign: String, _ word: String) throws -> Bool {
    let value = try value(word)
    switch sign {
    case "==": return found.text(.canonical) == value.text(.canonical)
    case "!=": return found.text(.canonical) != value.text(.canonical)
    case "has": return found.array?.contains(value) ?? found.string?.contains(word) ?? false
    case "~": return try (found.string ?? found.text()).contains(Regex(word))
    case "count": return found.array?.count == Int(word) || found.object?.count == Int(word)
    default: throw StoryFailure("\(sign) is not a comparison")
    }
  }

  private func value(_ word: String) throws -> JSONValue {
    guard word.hasPrefix("@") else {
      return (try? JSONValue(parsing: Array(word.utf8))) ?? .string(word)
    }
    guard let value = saved[String(word.dropFirst())] else {
      throw StoryFailure("nothing was saved as \(word)")
    }
    return value
  }
}

extension String {
  /// With each run of spaces as one, so that a story does not count columns.
  fileprivate var oneBlank: String { replacing(/\ +/, with: " ") }
}
