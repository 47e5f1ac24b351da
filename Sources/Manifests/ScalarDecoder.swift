import Diagnostics
import Grammar
import JSON
import Model
import YAML

/// Decodes one scalar by its type in the schema.
struct ScalarDecoder {
  let path: String
  let node: YAMLNode
  let scalar: YAMLScalar
  let sink: DiagnosticSink

  /// The name of a type's values in messages.
  static func name(of type: FieldType) -> String {
    switch type {
    case .string, .timestamp, .int64: "text"
    case .boolean: "true or false"
    case .booleanOr(let words):
      (["true", "false"] + words.dropLast()).joined(separator: ", ")
        + (words.last.map { " or \($0)" } ?? "")
    case .integer: "a number"
    case .duration: "a duration like 30d"
    case .enumeration: "one of its values"
    case .object, .map, .labels: "a map"
    case .list: "a list"
    case .any: "a value"
    }
  }

  func decode(_ type: FieldType) -> JSONValue? {
    switch type {
    case .string(let rule): string(rule)
    case .boolean: boolean(.boolean)
    case .booleanOr(let words):
      words.contains(scalar.text) ? .string(scalar.text) : boolean(type)
    case .integer(let range): integer(range)
    case .duration: duration()
    case .enumeration(let enumeration): enumerated(enumeration)
    case .timestamp, .int64: .string(scalar.text)
    case .object, .labels, .map, .list, .any: nil
    }
  }

  private func string(_ rule: StringRule) -> JSONValue? {
    if let maximum = rule.maximumBytes, let problem = NameRules.bytes(scalar.text, atMost: maximum)
    {
      sink.report(problem.of("`\(path)`"), at: node.position)
      return nil
    }
    if let problem = rule.check?(scalar.text) {
      sink.report(problem.of("`\(scalar.text)`"), at: node.position)
      return nil
    }
    return .string(scalar.text)
  }

  private func boolean(_ type: FieldType) -> JSONValue? {
    switch (scalar.text, scalar.style) {
    case ("true", .plain): return true
    case ("false", .plain): return false
    case ("true", _), ("false", _):
      return wrong(type, "write \(last): \(scalar.text), without quotes")
    default:
      let meant =
        ["yes", "on", "y", "1", "True", "TRUE"].contains(scalar.text)
        ? "true" : ["no", "off", "n", "0", "False", "FALSE"].contains(scalar.text) ? "false" : nil
      return wrong(type, meant.map { "write \(last): \($0)" } ?? "")
    }
  }

  private func integer(_ range: ClosedRange<Int64>) -> JSONValue? {
    let digits = scalar.text.hasPrefix("-") ? scalar.text.dropFirst() : scalar.text[...]
    let isNumber = !digits.isEmpty && digits.utf8.allSatisfy(NameRules.isDigit)
    guard isNumber, let number = Int64(scalar.text) else {
      return wrong(.integer(range))
    }
    guard scalar.style == .plain else {
      return wrong(.integer(range), "write \(last): \(scalar.text), without quotes")
    }
    guard range.contains(number) else {
      return fail(
        .badValue, "`\(path)` must be between \(range.lowerBound) and \(range.upperBound)")
    }
    return .integer(number)
  }

  private func duration() -> JSONValue? {
    if let duration = ApiDuration(parsing: scalar.text) { return .string(duration.wire) }
    let isNumber = !scalar.text.isEmpty && scalar.text.utf8.allSatisfy(NameRules.isDigit)
    return fail(
      .wrongType, "`\(scalar.text)` is not a duration",
      help: isNumber
        ? "write \(scalar.text)d for days, \(scalar.text)s for seconds" : ApiDuration.grammar)
  }

  private func enumerated(_ enumeration: Enumeration) -> JSONValue? {
    if let value = enumeration.wireValue(for: scalar.text) { return .string(value) }
    let names = enumeration.values.map(enumeration.shortName(of:))
    return fail(
      .badEnumValue, "`\(scalar.text)` is not a value of `\(path)`",
      label: Synonyms.value(scalar.text, in: enumeration).map { "did you mean `\($0)`?" }
        ?? sink.suggestion(for: scalar.text, in: names),
      help: "one of: \(names.joined(separator: ", "))")
  }

  private func wrong(_ type: FieldType, _ help: String = "") -> JSONValue? {
    let isQuoted = scalar.style != .plain && help.hasSuffix("quotes")
    return fail(
      .wrongType,
      "`\(path)` must be \(Self.name(of: type)), and "
        + (isQuoted ? "in quotes this is text" : "this is `\(scalar.text)`"), help: help)
  }

  /// The field's own name, for the help text.
  private var last: String {
    path.split(separator: ".").last.map(String.init) ?? path
  }

  private func fail(
    _ code: DiagnosticCode, _ message: String, label: String = "", help: String = ""
  ) -> JSONValue? {
    sink.error(code, message, at: node.position, label: label, help: help)
    return nil
  }
}
