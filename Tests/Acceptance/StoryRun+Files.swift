import Foundation

extension StoryRun {
  /// The steps about files and the environment.
  func fileStep(_ verb: String, _ words: inout Words, _ expectation: Expectation) throws {
    switch verb {
    case "file": try file(&words, expectation)
    case "cmp":
      let (one, other) = (try words.next("a file"), try words.next("a file"))
      if try (read(one) == read(other)) == expectation.isNegated {
        throw StoryFailure("\(one):\n\(try read(one))\(other):\n\(try read(other))")
      }
    case "save": try write(read(words.next("what")), to: words.next("a file"))
    case "copy":
      let from = try words.next("a file")
      try FileManager.default.copyItem(atPath: path(from), toPath: path(words.next("a file")))
    case "remove": try FileManager.default.removeItem(atPath: path(words.next("a file")))
    case "edit": try edit(&words)
    case "generate": try generate(&words)
    case "repository":
      let from = Story.repository.appending(path: try words.next("a folder"))
      try FileManager.default.copyItem(atPath: from.path, toPath: path(words.next("a folder")))
    case "set": variables[try words.next("a name")] = try words.next("a value")
    case "day":
      let name = try words.next("a name")
      let days = Double(try words.number("how many days"))
      variables[name] = Date(timeIntervalSinceNow: days * 86_400)
        .formatted(Date.ISO8601FormatStyle().year().month().day())
    case "unset": variables[try words.next("a name")] = nil
    default: throw StoryFailure("unknown verb \(verb)")
    }
    try words.end()
  }

  /// `file NAME [mode 0600]`, `! file NAME`.
  private func file(_ words: inout Words, _ expectation: Expectation) throws {
    let name = try words.next("a file")
    let attributes = try? FileManager.default.attributesOfItem(atPath: path(name))
    if (attributes != nil) == expectation.isNegated {
      throw StoryFailure(attributes == nil ? "there is no \(name)" : "there is \(name)")
    }
    guard words.take("mode") else { return }
    let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
    guard mode == Int(try words.next("a mode"), radix: 8) else {
      throw StoryFailure("its mode is \(String(mode, radix: 8))")
    }
  }

  /// `edit FILE OLD NEW`: OLD is literal text that occurs once; `\n` is a newline.
  private func edit(_ words: inout Words) throws {
    let name = try words.next("a file")
    let old = try words.next("the old text").replacing(#"\n"#, with: "\n")
    let new = try words.next("the new text").replacing(#"\n"#, with: "\n")
    let text = try read(name)
    guard text.ranges(of: old).count == 1 else {
      throw StoryFailure("`\(old)` stands \(text.ranges(of: old).count) times in \(name)")
    }
    try write(text.replacing(old, with: new), to: name)
  }

  /// `generate N TEMPLATE FILES PER`: N documents like TEMPLATE with `{n}` from 1, PER to a file of `{file}`.
  private func generate(_ words: inout Words) throws {
    let count = try words.number("how many")
    let template = try read(words.next("the template"))
    let name = try words.next("the files")
    let perFile = try words.number("how many to a file")
    for start in stride(from: 1, through: count, by: perFile) {
      let documents = (start..<min(start + perFile, count + 1)).map {
        template.replacing("{n}", with: "\($0)")
      }
      let file = name.replacing("{file}", with: "\((start - 1) / perFile + 1)")
      try write(documents.joined(separator: "---\n"), to: file)
    }
  }
}
