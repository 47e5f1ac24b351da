import Foundation
import Testing

/// One acceptance story, as in `Stories/NAME.txtar`: a script, then its initial files.
///
///     # A comment says why.
///     sandbox start --project my-project-id
///     exit 2 arctl plan --detailed-exitcode
///     -- manifests/project.yaml --
///     apiVersion: arctl.dev/v1
///     ...
struct Story: Sendable, CustomTestStringConvertible {
  /// One step of the script; lines that begin with a space continue the step before them.
  struct Step: Sendable {
    let line: Int
    var text: String
  }

  let name: String
  let steps: [Step]
  let files: [String: String]

  var testDescription: String { name }

  init(name: String, text: String) {
    var steps: [Step] = []
    var files: [String: String] = [:]
    var file: String?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if let marked = line.wholeMatch(of: /-- (.+) --/) {
        file = String(marked.1)
        files[String(marked.1)] = ""
      } else if let file {
        files[file, default: ""] += line + "\n"
      } else if line.hasPrefix(" "), !steps.isEmpty {
        steps[steps.count - 1].text += " " + line.drop { $0 == " " }
      } else if !line.isEmpty, !line.hasPrefix("#") {
        steps.append(Step(line: index + 1, text: String(line)))
      }
    }
    // The split leaves one empty piece after the last newline.
    if let file, files[file]?.hasSuffix("\n\n") == true { files[file]?.removeLast() }
    self.name = name
    self.steps = steps
    self.files = files
  }
}

extension Story {
  /// The folder of this package.
  static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Every story of `Stories/`, by name.
  static let all: [Story] = {
    let folder = repository.appending(path: "Tests/Acceptance/Stories")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".txtar") }.sorted().compactMap { name in
      (try? String(contentsOf: folder.appending(path: name), encoding: .utf8))
        .map { Story(name: String(name.dropLast(".txtar".count)), text: $0) }
    }
  }()
}
