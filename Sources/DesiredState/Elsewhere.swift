import Diagnostics
import Manifests
import Model

/// The resources that other stacks declare: references may name them, and a run never changes them.
struct Elsewhere {
  /// One declaration of another stack.
  struct Declaration {
    /// The place of its name; nil if it is not known.
    let place: SourcePosition?
    /// Where it says that the resource is to be absent; nil if it is to exist.
    let absence: SourcePosition?
  }
  private(set) var declarations: [Address: Declaration] = [:]
  private var byName: [Name: [Address]] = [:]
  /// The documents that can give shorthands of members their meaning.
  private(set) var identities: [Manifest] = []

  private struct Name: Hashable {
    let kind: KindID
    let project: String
    let id: String
  }

  /// The declarations of these documents, which have their addresses.
  init(_ manifests: [Manifest]) {
    for manifest in manifests {
      guard let address = manifest.address, declarations[address] == nil else { continue }
      declarations[address] = Declaration(
        place: manifest.namePosition, absence: manifest.isAbsent ? manifest.ensurePosition : nil)
    }
    identities = manifests.filter { $0.kind.resource?.identityKind != nil }
    indexNames()
  }

  /// Resources that are to exist, declared at places that are not known.
  init(_ addresses: [Address] = []) {
    for address in addresses { declarations[address] = Declaration(place: nil, absence: nil) }
    indexNames()
  }

  private mutating func indexNames() {
    byName = Dictionary(grouping: declarations.keys.sorted()) {
      Name(kind: $0.kind, project: $0.project, id: $0.id)
    }
  }

  /// The addresses, in order.
  var addresses: [Address] { declarations.keys.sorted() }

  subscript(address: Address) -> Declaration? { declarations[address] }

  /// The resources of a kind and project with this id, in any location or parent.
  func candidates(kind: KindID, project: String, id: String) -> [Address] {
    byName[Name(kind: kind, project: project, id: id)] ?? []
  }
}
