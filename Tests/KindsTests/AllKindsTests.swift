import CloudResources
import JSON
import Model
import Testing

@testable import Grammar
@testable import Kinds

/// Properties of every kind and every field.
struct AllKindsTests {
  @Test func lookUps() {
    #expect(
      Kinds.catalog.documents.map(\.name) == [
        "Stack", "Project", "Repository", "Rule", "ServiceAccount", "ServiceAccountKey", "Role",
        "WorkloadIdentityPool", "WorkloadIdentityPoolProvider", "Secret", "IAMBinding",
      ])
    for kind in Kinds.catalog.documents { #expect(kind.summary.hasSuffix(".")) }
    for kind in Kinds.catalog.resources { #expect(kind.id.resource?.name == kind.name) }
    #expect(Kinds.catalog.named("Repository")?.resource?.id == .repository)
    #expect(Kinds.catalog.named("repository") == nil)
    #expect(Kinds.catalog.named("Service") == nil)
    #expect(Kinds.catalog["service"]?.resource?.name == "Service")
    #expect(Kinds.catalog["iam"] == nil)
    #expect(KindID.policy.resource == nil)
    let names = Kinds.catalog.resources.map(\.addressName)
    #expect(Set(names).count == names.count && !names.contains(KindID.policy.name))
    #expect(Kinds.catalog.resources.filter(\.place.isRoot).count == 1)
    #expect(Kinds.catalog.resources.filter(\.place.isSetting).count == 1)
  }

  @Test func everyFieldIsDocumentedAndConsistent() {
    for kind in Kinds.catalog.documents {
      visit(kind.schema.fields, FieldPath()) { field, path in
        let place = "\(kind.name).\(path)"
        #expect(field.documentation.hasSuffix("."), "\(place)")
        #expect(field.documentation.utf8.count > 12, "\(place)")
        if field.traits.contains(.required) {
          #expect(field.defaultValue == nil, "\(place)")
          #expect(!field.traits.contains(.outputOnly), "\(place)")
        }
        if case .enumeration(let enumeration) = field.type {
          checkEnumeration(enumeration, field, place)
        }
        if case .duration = field.type, let value = field.defaultValue {
          #expect(
            value.string.flatMap(ApiDuration.init(parsing:))?.wire == value.string, "\(place)")
        }
      }
    }
  }

  private func checkEnumeration(_ enumeration: Enumeration, _ field: Field, _ place: String) {
    #expect(Set(enumeration.values).count == enumeration.values.count, "\(place)")
    for value in enumeration.values {
      #expect(enumeration.wireValue(for: value) == value, "\(place)")
      #expect(enumeration.wireValue(for: enumeration.shortName(of: value)) == value, "\(place)")
    }
    if let value = field.defaultValue {
      #expect(enumeration.values.contains(value.string ?? ""), "\(place)")
    }
  }

  private func visit(
    _ fields: [Field], _ path: FieldPath, _ body: (Field, FieldPath) -> Void
  ) {
    #expect(Set(fields.map(\.name)).count == fields.count, "\(path)")
    for field in fields {
      let place = path.field(field.name)
      body(field, place)
      visit(field.type, place, body)
    }
  }

  private func visit(_ type: FieldType, _ path: FieldPath, _ body: (Field, FieldPath) -> Void) {
    switch type {
    case .object(let fields): visit(fields, path, body)
    case .map(let element, let idField):
      if case .object(let fields) = element, let idField {
        #expect(fields.contains { $0.name == idField }, "\(path)")
      }
      visit(element, path, body)
    case .list(let element, let semantics):
      if case .keyed(let key) = semantics, case .object(let fields) = element {
        #expect(fields.contains { $0.name == key }, "\(path)")
      }
      visit(element, path, body)
    default: break
    }
  }

  @Test(
    arguments: [
      ("mode", "standard", "STANDARD_REPOSITORY"), ("mode", "Remote", "REMOTE_REPOSITORY"),
      ("mode", "VIRTUAL_REPOSITORY", "VIRTUAL_REPOSITORY"),
      ("mode", "assured-oss", "ASSURED_OSS_REPOSITORY"), ("format", "python", "PYTHON"),
      ("format", "npm", "NPM"), ("format", "pypi", nil),
    ] as [(String, String, String?)])
  func shortNames(_ field: String, _ text: String, _ wire: String?) throws {
    guard case .enumeration(let enumeration)? = RepositoryKind().schema[field]?.type else {
      Issue.record("\(field) is not an enum")
      return
    }
    #expect(enumeration.wireValue(for: text) == wire)
  }

  /// A kind is found by every narrower protocol that it conforms to, without a cast.
  @Test func narrowerProtocolsFindTheirKinds() {
    for kind in Kinds.catalog.resources {
      let name = kind.name
      #expect((kind.cloudKind != nil) == (kind is any CloudKind), "\(name)")
      #expect((kind.containerKind != nil) == (kind is any ContainerKind), "\(name)")
      #expect((kind.identityKind != nil) == (kind is any IdentityKind), "\(name)")
      #expect((kind.abbreviatingKind != nil) == (kind is any AbbreviatingKind), "\(name)")
      #expect((kind.signInKind != nil) == (kind is any SignInKind), "\(name)")
    }
    for kind in Kinds.catalog.documents {
      #expect((kind.resource != nil) == (kind is any ResourceKind), "\(kind.name)")
    }
  }
}
