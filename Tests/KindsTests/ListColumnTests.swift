import CloudResources
import JSON
import Model
import Testing

@testable import Kinds

/// The columns of `arctl ls` are members of Google's resources.
@Suite struct ListColumnTests {
  private static let schemas = [
    "repositories": ("artifactregistry.v1", "Repository"),
    "packages": ("artifactregistry.v1", "Package"),
    "versions": ("artifactregistry.v1", "Version"),
    "files": ("artifactregistry.v1", "GoogleDevtoolsArtifactregistryV1File"),
    "tags": ("artifactregistry.v1", "Tag"),
    "accounts": ("iam.v1", "ServiceAccount"), "keys": ("iam.v1", "ServiceAccountKey"),
    "roles": ("iam.v1", "Role"), "pools": ("iam.v1", "WorkloadIdentityPool"),
    "secrets": ("secretmanager.v1", "Secret"),
    "secret-versions": ("secretmanager.v1", "SecretVersion"),
    "services": ("serviceusage.v1", "GoogleApiServiceusageV1Service"),
  ]

  private static let forms = Kinds.catalog.resources.flatMap { kind -> [ListForm] in
    let contents = (kind as? any ContainerKind)?.contentLists.map(\.form) ?? []
    return [(kind as? any CloudKind)?.listForm].compactMap { $0 } + contents
  }

  @Test func everyListHasASchema() {
    #expect(Set(Self.forms.map(\.name)) == Set(Self.schemas.keys))
    #expect(Self.forms.count == Self.schemas.count)
  }

  @Test(arguments: schemas.keys.sorted()) func columnsAreMembers(name: String) throws {
    let form = try #require(Self.forms.first { $0.name == name })
    let (document, schema) = try #require(Self.schemas[name])
    let properties = try #require(
      try DiscoveryTests.document(document)["schemas"]?[schema]?["properties"]?.object)
    for column in form.columns {
      switch column.source {
      case .reader: continue
      case .member(let member, _):
        let property = try #require(properties[member], "\(name).\(member)")
        #expect(Self.types(of: column.form).contains(Self.type(property)), "\(name).\(member)")
      case .part(let member, _):
        #expect(properties[member]?["type"] == "string", "\(name).\(member)")
      }
    }
  }

  @Test(arguments: schemas.keys.sorted()) func ordersNameColumns(name: String) throws {
    let form = try #require(Self.forms.first { $0.name == name })
    let names = form.columns.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(!form.order.isEmpty)
    #expect(Set(form.order).isSubset(of: names))
    // The first column identifies a thing, so it is never left out.
    #expect(form.columns.first?.rank == 0 && form.columns.first?.isDetail == false)
  }

  private static func type(_ property: JSONValue) -> String {
    [property["type"]?.string, property["format"]?.string].compactMap { $0 }.joined(separator: " ")
  }

  private static func types(of form: ListColumn.Form) -> [String] {
    switch form {
    case .text, .address, .choice: ["string"]
    case .time, .end: ["string google-datetime"]
    case .bytes: ["string int64"]
    case .count: ["array"]
    case .flag: ["boolean"]
    case .age: ["integer int32"]
    case .condition: ["object"]
    }
  }
}
