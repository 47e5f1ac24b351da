import Diagnostics
import Reconcile

/// What a set declares, by address and by the short forms of references.
struct SetIndex {
  private(set) var byAddress: [Address: Manifest] = [:]
  private var repositories: [String: [Address]] = [:]

  /// Reports what is declared twice; the first one stays.
  init(_ manifests: [Manifest], _ sink: DiagnosticSink) {
    for manifest in manifests {
      guard let address = manifest.address else { continue }
      guard let first = byAddress.updateValue(manifest, forKey: address) else {
        if address.kind == "repository" {
          repositories["\(address.project)/\(address.id)", default: []].append(address)
        }
        continue
      }
      byAddress[address] = first
      sink.error(
        .duplicateResource, "`\(address)` is declared twice", at: manifest.namePosition,
        related: [.init(first.namePosition, "first here")],
        help: "remove one, or put all its fields into one document")
    }
  }

  subscript(address: Address) -> Manifest? { byAddress[address] }

  /// The declared repositories of a project with this id, in any location.
  func repositories(project: String, id: String) -> [Address] {
    (repositories["\(project)/\(id)"] ?? []).sorted()
  }

  /// The ids of one kind in a project, for suggestions.
  func ids(kind: String, project: String) -> [String] {
    byAddress.keys.filter { $0.kind == kind && $0.project == project }.map(\.id).sorted()
  }

  /// Other addresses with the same id, for suggestions.
  func elsewhere(kind: String, id: String) -> [Address] {
    byAddress.keys.filter { $0.kind == kind && $0.id == id }.sorted()
  }
}
