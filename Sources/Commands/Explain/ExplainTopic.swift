import CommandLine
import Diagnostics
import Kinds
import Manifests
import Model

/// A topic of `arctl explain`.
enum ExplainTopic {
  case overview
  case kind(any Kind)
  /// The keys of every document.
  case document
  case field(FieldTopic)
  case code(DiagnosticCode)
  case codes

  /// Parses an argument: a kind, a field at any depth, a code, `document` or `codes`.
  ///
  /// Ignores indexes and ids of lists and maps, so that a path from a plan works too. Throws `UsageError` with a
  /// suggestion for an unknown name.
  init(_ text: String) throws(UsageError) {
    let parts = Self.parts(text)
    guard let head = parts.first else {
      throw UsageError("expected a kind, a field, a code, `document` or `codes`")
    }
    if let code = DiagnosticCode(rawValue: head.uppercased()), parts.count == 1 {
      self = .code(code)
    } else if head == "codes", parts.count == 1 {
      self = .codes
    } else if head == "document" {
      self = try parts.count == 1 ? .document : .field(.inDocument(parts.dropFirst()))
    } else if let kind = Kinds.catalog.documents.first(where: {
      $0.name.lowercased() == head.lowercased()
    }) {
      self = try Self.within(kind, parts.dropFirst())
    } else if DocumentFields.all.contains(where: { $0.name == head }) {
      self = .field(try .inDocument(parts[...]))
    } else {
      throw Self.unknown(head, in: text, Self.names)
    }
  }

  private static func within(_ kind: any Kind, _ rest: ArraySlice<String>)
    throws(UsageError) -> ExplainTopic
  {
    // Users who look at a document write `Repository.spec.format`.
    let path = rest.first == "spec" ? rest.dropFirst() : rest
    guard let first = path.first else { return .kind(kind) }
    if kind.schema[first] == nil, DocumentFields.all.contains(where: { $0.name == first }) {
      return .field(try .inDocument(path))
    }
    return .field(try FieldTopic(owner: kind.name, fields: kind.schema.fields, path))
  }

  /// The names in a path: `cleanupPolicies` and `condition` in `cleanupPolicies["old"].condition`.
  private static func parts(_ text: String) -> [String] {
    var depth = 0
    var names = ""
    for character in text {
      if character == "[" { depth += 1 }
      if depth == 0 { names.append(character) }
      if character == "]" { depth -= 1 }
    }
    return names.split(separator: ".").map(String.init)
  }

  /// All names with which a topic can begin.
  static var names: [String] {
    Kinds.catalog.documents.map(\.name) + ["document", "codes"] + DocumentFields.all.map(\.name)
      + DiagnosticCode.allCases.map(\.rawValue)
  }

  static func unknown(_ name: String, in whole: String, _ candidates: [String]) -> UsageError {
    let near = closestMatch(to: name, in: candidates).map { "; did you mean `\($0)`?" } ?? ""
    return UsageError("unknown topic `\(escapedForTerminal(name))`\(near)")
  }
}

/// A field and its path.
struct FieldTopic {
  /// The start of the path: a kind's name, or empty for a key of every document.
  let owner: String
  let path: [String]
  let field: Field

  /// `Repository.cleanupPolicies.action`
  var name: String { ([owner] + path).filter { !$0.isEmpty }.joined(separator: ".") }

  init(owner: String, fields: [Field], _ path: ArraySlice<String>) throws(UsageError) {
    var fields = fields
    var found: Field?
    var whole = owner
    for name in path {
      guard let field = fields.first(where: { $0.name.lowercased() == name.lowercased() }) else {
        let near = closestMatch(to: name, in: fields.map(\.name))
        let help = near.map { "; did you mean `\(whole).\($0)`?" } ?? ""
        throw UsageError(
          "\(whole.isEmpty ? "a document" : whole) has no field `\(escapedForTerminal(name))`\(help)"
        )
      }
      whole += whole.isEmpty ? field.name : ".\(field.name)"
      fields = field.type.fields
      found = field
    }
    guard let found else { throw UsageError("expected a field of \(owner)") }
    self.owner = owner
    self.path = whole.split(separator: ".").map(String.init).suffix(path.count)
    field = found
  }

  static func inDocument(_ path: ArraySlice<String>) throws(UsageError) -> FieldTopic {
    try FieldTopic(owner: "", fields: DocumentFields.all, path)
  }
}
