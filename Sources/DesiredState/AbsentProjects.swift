import Diagnostics
import Manifests
import Model

/// The deletion of a project deletes everything in it, which contradicts every document that wants something there.
extension ReferenceResolver {
  /// Reports every document that wants a resource in a project that is `ensure: absent`.
  func checkProjects(of manifests: [Manifest]) {
    for manifest in manifests where !manifest.isAbsent && manifest.address != nil {
      guard manifest.kind.resource?.place.isInProject == true,
        let project = absentProject(manifest.project)
      else { continue }
      report(
        "\(manifest.kind.name) `\(manifest.name)` is in `\(manifest.project)`", project,
        at: manifest.position(of: "project"), help: "keep the project, or remove this document")
    }
  }

  /// The same for resources that a present document names without declaring them.
  func checkProject(of address: Address, _ reference: SourcedText, _ referrer: Referrer) {
    guard referrer.isPresent, let project = absentProject(address.project) else { return }
    report(
      "\(referrer.name) refers to `\(address)`, in the project `\(address.project)`", project,
      at: reference.source, help: "keep the project, or remove the reference")
  }

  private func absentProject(_ id: String) -> Manifest? {
    guard let project = index[kinds.project(id)], project.isAbsent else { return nil }
    return project
  }

  private func report(
    _ fact: String, _ project: Manifest, at place: SourcePosition, help: String
  ) {
    sink.error(
      .refersToAbsent, "\(fact), which is `ensure: absent`", at: place,
      related: [.init(project.ensurePosition, "`\(project.name)` is `ensure: absent` here")],
      help: help)
  }
}
