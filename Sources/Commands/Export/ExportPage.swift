import Authoring
import Diagnostics
import JSON
import Model

/// Prints or writes an export, and the report of what it lacks.
struct ExportPage {
  let options: ExportOptions
  let projects: [String]
  let reporter: Reporter

  func write(_ result: LiveExport.Result) throws -> Outcome {
    let console = reporter.context.console
    let report = EstateReport(leftOut: result.leftOut, style: reporter.outputStyle)
    let isEmpty = !result.written.hasResources
    if let folder = options.folder, !isEmpty {
      try ExportFolder(path: folder, verb: "export", reporter: reporter).write(result.written)
    }
    switch (options.form, options.folder) {
    case (.json, _): console.out(json(result).text(.pretty) + "\n")
    case (.text, let folder?) where !isEmpty: console.out(report.text + summary(result, folder))
    case (.text, _):
      if !isEmpty { console.out(result.written.files.map(\.text).joined()) }
      console.err(reporter.options.isQuiet ? report.losses : report.text)
    }
    if isEmpty { reporter.note("There is nothing to write. Nothing was written.") }
    return outcome(result)
  }

  private func outcome(_ result: LiveExport.Result) -> Outcome {
    result.leftOut.contains { $0.weight == .unread } ? .access : .success
  }

  private func summary(_ result: LiveExport.Result, _ folder: String) -> String {
    let files = result.written.files.count
    let isWhole = outcome(result) == .success
    let claim =
      isWhole
      ? "Their plan is empty" : "They hold what could be read, and their plan of that is empty"
    let path = shellQuoted(folder)
    return """
      Wrote \(counted(result.written.count, "document")) of \(counted(projects.count, "project")) in \
      \(counted(files, "file")) to \(escapedForTerminal(folder)). \(claim). Next:

        arctl plan \(path)    # compare them with the live cloud at any time
        arctl drift \(path)   # what no manifest declares, in all locations

      """
  }

  private func json(_ result: LiveExport.Result) -> JSONValue {
    let withTexts = options.folder == nil
    let files: [JSONValue] = result.written.files.map { file in
      var value: JSONObject = [
        "name": .string(file.name), "documents": .integer(Int64(file.count)),
      ]
      if withTexts { value["text"] = .string(file.text) }
      return .object(value)
    }
    return [
      "formatVersion": 1,
      "projects": .array(projects.map(JSONValue.string)),
      "files": .array(files),
      "complete": .bool(outcome(result) == .success),
      "leftOut": .array(result.leftOut.map(\.json)),
    ]
  }
}

/// `1 file`, `3 files`.
func counted(_ count: Int, _ noun: String) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}

extension LeftOut {
  /// For machines: the weights are `unread`, `missing` and `standard`.
  var json: JSONValue {
    var value: JSONObject = [
      "thing": .string(thing), "reason": .string(reason), "weight": .string("\(weight)"),
    ]
    if let source {
      value["source"] = ["file": .string(source.file), "line": .integer(Int64(source.line))]
    }
    return .object(value)
  }
}
