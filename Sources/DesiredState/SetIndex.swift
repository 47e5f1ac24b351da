import Diagnostics
import Manifests
import Reconcile

/// What a set declares, by address and by the short forms of references.
struct SetIndex {
  private let manifests: [Manifest]
  private var byAddress: [Address: Int] = [:]
  private var repositories: [String: [Address]] = [:]

  /// Reports what is declared twice; the first one stays.
  init(_ manifests: [Manifest], _ sink: DiagnosticSink) {
    self.manifests = manifests
    byAddress.reserveCapacity(manifests.count)
    for (number, manifest) in manifests.enumerated() {
      guard let address = manifest.address else { continue }
      if let first = byAddress[address] {
        reportTwice(address, manifest, manifests[first], sink)
        continue
      }
      byAddress[address] = number
      if address.kind == "repository" {
        repositories["\(address.project)/\(address.id)", default: []].append(address)
      }
    }
  }

  private func reportTwice(
    _ address: Address, _ manifest: Manifest, _ first: Manifest, _ sink: DiagnosticSink
  ) {
    sink.error(
      .duplicateResource, "`\(address)` is declared twice", at: manifest.namePosition,
      related: [.init(first.namePosition, "first here")],
      help: "remove one, or put all its fields into one document")
  }

  subscript(address: Address) -> Manifest? { byAddress[address].map { manifests[$0] } }

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
