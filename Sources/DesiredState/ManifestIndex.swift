import Diagnostics
import Manifests
import Model

/// The declarations of a set, by address and by the short forms of references.
struct ManifestIndex {
  private let manifests: [Manifest]
  private var byAddress: [Address: Int] = [:]
  private var names: DeclaredNames

  /// Documents without an address, because they lack a project or location; that was reported.
  private var unplaced: Set<KindAndID> = []
  /// The refused ids of each kind; they were reported.
  private var refused: [KindID: Set<String>] = [:]

  /// The positions of manifests that repeat the declaration of another one.
  private var duplicates: [Int] = []

  /// The documents that can give shorthands of members their meaning.
  let identities: [Manifest]
  /// Whether one of them has a reported mistake, so that a shorthand may be defined after its correction.
  var hasUnsoundIdentities: Bool { identities.contains(where: \.isUnsoundIdentity) }

  /// Of duplicate declarations, the first one counts.
  init(_ manifests: [Manifest]) {
    self.manifests = manifests
    identities = manifests.filter { $0.kind.resource?.identityKind != nil }
    names = DeclaredNames([])
    byAddress.reserveCapacity(manifests.count)
    for (number, manifest) in manifests.enumerated() {
      if manifest.hasBadName, let kind = manifest.kind.resource?.id {
        refused[kind, default: []].insert(manifest.name)
      }
      guard let address = manifest.address else {
        if let kind = manifest.kind.resource?.id {
          unplaced.insert(KindAndID(kind: kind, id: manifest.name))
        }
        continue
      }
      guard byAddress[address] == nil else {
        duplicates.append(number)
        continue
      }
      byAddress[address] = number
    }
    names = DeclaredNames(Array(byAddress.keys))
  }

  /// Reports duplicate declarations.
  func reportDuplicates(_ sink: DiagnosticSink) {
    for manifest in duplicates.map({ manifests[$0] }) {
      guard let address = manifest.address, let first = self[address] else { continue }
      sink.error(
        .duplicateResource, "`\(address)` is declared twice", at: manifest.namePosition,
        related: [.init(first.namePosition, "first here")],
        help: "remove one, or put all its fields into one document")
    }
  }

  subscript(address: Address) -> Manifest? { byAddress[address].map { manifests[$0] } }

  /// The declared resources of a kind and project with this id, in any location or parent.
  func candidates(kind: KindID, project: String, id: String) -> [Address] {
    names.byName[KindAndID(kind: kind, id: id)]?.filter { $0.project == project } ?? []
  }

  /// The ids of one kind in a project, for suggestions; with `refused`, also the refused ones.
  func ids(kind: KindID, project: String, withRefused: Bool = false) -> Vocabulary {
    names.find(
      "\(kind) \(project)", more: withRefused ? (refused[kind] ?? []).sorted() : [])
  }

  /// Whether an undeclared id probably belongs to a document with a reported mistake: one without an address, or one
  /// whose refused name is nearer to it than any other.
  func isLikelyReported(_ address: Address, _ sink: DiagnosticSink) -> Bool {
    if unplaced.contains(KindAndID(kind: address.kind, id: address.id)) { return true }
    guard let refused = refused[address.kind], !refused.isEmpty else { return false }
    let known = ids(kind: address.kind, project: address.project, withRefused: true)
    guard let near = sink.nearest(to: address.id, in: known) else { return true }
    return refused.contains(near)
  }

  /// Other addresses with the same id, for suggestions.
  func elsewhere(kind: KindID, id: String) -> [Address] {
    names.byName[KindAndID(kind: kind, id: id)] ?? []
  }
}

private struct KindAndID: Hashable {
  let kind: KindID
  let id: String
}

extension Manifest {
  /// Whether a shorthand may be defined here after the correction of a reported mistake.
  var isUnsoundIdentity: Bool { !isSound || address == nil || hasBadName }
}

/// The addresses of a set by their names; each table is built once, when a reference or a message needs it.
private final class DeclaredNames {
  private let addresses: [Address]
  private var known: [String: Vocabulary] = [:]

  init(_ addresses: [Address]) { self.addresses = addresses }

  /// In order.
  lazy var byName = Dictionary(
    grouping: addresses, by: { KindAndID(kind: $0.kind, id: $0.id) }
  ).mapValues { $0.sorted() }

  private lazy var ids = Dictionary(grouping: addresses, by: { "\($0.kind) \($0.project)" })
    .mapValues { $0.map(\.id).sorted() }

  /// The ids of `KIND PROJECT`, and some more.
  func find(_ place: String, more: [String]) -> Vocabulary {
    let name = more.isEmpty ? place : "\(place) and more"
    if let vocabulary = known[name] { return vocabulary }
    let vocabulary = Vocabulary((ids[place] ?? []) + more)
    known[name] = vocabulary
    return vocabulary
  }
}
