import JSON
import Kinds
import Manifests
import Model
import Testing

@testable import Commands

/// The JSON Schema of manifests against the kinds that it is made from. Tests/Clients/test_editor_schema.py holds it
/// against the loader.
@Suite struct SchemaTests {
  private static let kinds = Kinds.catalog.documents

  private func schema(_ kind: any Kind) -> JSONValue {
    DocumentSchema(Kinds.catalog).value(of: kind)
  }

  /// The schema of the fields of `spec`, and of what must be there unless the document asks for absence.
  private func parts(_ kind: any Kind) -> (fields: JSONValue?, presence: JSONValue?) {
    let own = schema(kind)["allOf"]?.array?.first
    let rule = own?["allOf"]?.array?.first
    let presence = kind.resource == nil ? rule : rule?["else"]
    return (own?["properties"]?["spec"], presence?["properties"]?["spec"])
  }

  @Test(arguments: kinds.map(\.name))
  func everyFieldOfAKindIsInItsSchemaAndNoOther(name: String) throws {
    let kind = try #require(Kinds.catalog.named(name))
    var compared = 0
    compare(kind.schema.fields, parts(kind).fields, at: name, &compared)
    #expect(compared >= kind.schema.fields.count { !isObserved($0) })
  }

  private func isObserved(_ field: Field) -> Bool {
    field.traits.contains(.outputOnly) || field.traits.contains(.secret)
  }

  private func compare(_ fields: [Field], _ schema: JSONValue?, at path: String, _ count: inout Int)
  {
    let written = fields.filter { !isObserved($0) }
    #expect(schema?["additionalProperties"] == false, "\(path)")
    #expect(schema?["properties"]?.object?.keys == written.map(\.name), "\(path)")
    for field in written {
      count += 1
      let property = schema?["properties"]?[field.name]
      let place = "\(path).\(field.name)"
      #expect(property?["description"]?.string == field.documentation, "\(place)")
      // The declarations of variables have types of their own.
      guard place != "Stack.variables" else { continue }
      let types = property?["type"]?.array?.compactMap(\.string) ?? []
      let isNullable = field.traits.isDisjoint(with: [.required, .immutable])
      #expect(types.contains("null") == isNullable, "\(place)")
      if let inner = Self.inner(field.type, property) {
        compare(inner.fields, inner.schema, at: place, &count)
      }
    }
  }

  /// The fields of the objects within a type, and their schema.
  private static func inner(_ type: FieldType, _ schema: JSONValue?)
    -> (fields: [Field], schema: JSONValue?)?
  {
    switch type {
    case .object(let fields): (fields, schema)
    case .list(let element, _): inner(element, schema?["items"])
    case .map(let element, _): inner(element, schema?["additionalProperties"])
    default: nil
    }
  }

  @Test(arguments: kinds.map(\.name))
  func whatAKindRequiresItsSchemaRequires(name: String) throws {
    let kind = try #require(Kinds.catalog.named(name))
    compareRequired(kind.schema.fields, parts(kind).presence, at: name)
    #expect(schema(kind)["required"] == ["apiVersion", "kind", "metadata"])
  }

  private func compareRequired(
    _ fields: [Field], _ schema: JSONValue?, at path: String, known: String? = nil
  ) {
    let required = fields.filter {
      $0.traits.contains(.required) && !isObserved($0) && $0.name != known && $0.exception == nil
    }
    #expect(
      (schema?["required"]?.array ?? []) == required.map { .string($0.name) }, "\(path)")
    for field in fields where !isObserved(field) {
      let inside = schema?["properties"]?[field.name]
      let place = "\(path).\(field.name)"
      switch field.type {
      case .object(let fields): compareRequired(fields, inside, at: place)
      case .list(.object(let fields), _): compareRequired(fields, inside?["items"], at: place)
      case .map(.object(let fields), let id):
        compareRequired(fields, inside?["additionalProperties"], at: place, known: id)
      default: continue
      }
    }
  }

  @Test func theSchemaOfAnyDocumentLeadsToThatOfItsKind() {
    let schema = DocumentSchema(Kinds.catalog).value()
    #expect(schema["properties"]?["kind"]?["enum"] == .array(Self.kinds.map { .string($0.name) }))
    #expect(schema["allOf"]?.array?.count == Self.kinds.count)
    for kind in Self.kinds {
      #expect(schema["definitions"]?[kind.name] == self.schema(kind)["allOf"]?.array?.first)
    }
    #expect(schema["$schema"] == "http://json-schema.org/draft-07/schema#")
  }

  @Test func everyRelationNamesAFieldBesideIt() {
    func check(_ fields: [Field]) {
      for field in fields {
        for relation in field.relations {
          let other: String? =
            switch relation {
            case .notNull, .notEmpty: nil
            case .notEmptyWithout(let name), .excludes(let name), .requiredWithout(let name),
              .needs(let name):
              name
            case .belongsTo(let name, let value, _), .notWith(let name, let value):
              fields.first { $0.name == name }?.holds(value) == true ? name : "\(name): \(value)"
            }
          if let other { #expect(fields.contains { $0.name == other }, "\(field.name): \(other)") }
        }
        check(field.type.fields)
      }
    }
    for kind in Self.kinds { check(kind.schema.fields) }
  }

  @Test func theProgramPrintsTheSchemaOfOneKindWhateverItsCase() async {
    let context = TestContext()
    #expect(await context.run("schema", "repository") == .success)
    #expect(context.console.output.contains("\"title\": \"Repository of arctl\""))
    #expect(context.console.output.hasSuffix("}\n"))
    #expect(context.console.errors.isEmpty)
  }

  @Test(arguments: [
    ("Repositry", "unknown kind `Repositry`; did you mean `Repository`? The kinds are Stack,"),
    ("\u{1B}[31m", "unknown kind `\\u{1B}[31m`. The kinds are Stack,"),
  ])
  func anUnknownKindIsUsage(name: String, message: String) async {
    let context = TestContext()
    #expect(await context.run("schema", name) == .usage)
    #expect(context.console.output.isEmpty)
    #expect(context.console.errors.hasPrefix("arctl: \(message)"))
  }

  @Test func whoAsksForAFormatterLearnsWhyThereIsNone() async {
    let context = TestContext()
    #expect(await context.run("fmt") == .usage)
    #expect(context.console.errors.contains("arctl does not rewrite manifests"))
  }
}

extension Field {
  fileprivate func holds(_ value: String) -> Bool {
    if case .enumeration(let names) = type { names.values.contains(value) } else { false }
  }
}
