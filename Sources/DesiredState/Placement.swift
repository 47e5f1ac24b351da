import Diagnostics
import Manifests
import Model
import Registry

/// Gives manifests their project, location and address.
struct Placement {
  let defaults: Defaults
  let sink: DiagnosticSink
  private var withoutProject: [SourcePosition] = []
  private var withoutLocation: [SourcePosition] = []
  private var unknownLocations: Set<String> = []

  init(defaults: Defaults, sink: DiagnosticSink) {
    self.defaults = defaults
    self.sink = sink
  }

  mutating func place(_ manifests: inout [Manifest]) {
    for index in manifests.indices { place(&manifests[index]) }
    guard defaults.isComplete else { return }
    report(withoutProject, "project", example: "my-project-id")
    report(withoutLocation, "location", example: "us-east4")
  }

  private mutating func place(_ manifest: inout Manifest) {
    let isProject = manifest.kind.identity == .project
    guard let project = isProject ? manifest.name : field("project", of: manifest, defaults.project)
    else {
      // A field that was written and is wrong has been reported.
      if manifest.positions["project"] == nil { withoutProject.append(manifest.namePosition) }
      manifest.isSound = false
      return
    }
    manifest.project = project
    guard let kind = manifest.kind.segment else { return }
    switch manifest.kind.identity {
    case .none: break
    case .project: manifest.address = Address(project: project, .project)
    case .name: manifest.address = Address(project: project, kind, manifest.name)
    case .locationAndName: placeLocated(&manifest, kind)
    case .accountAndName: placeKey(&manifest, kind)
    }
  }

  private mutating func placeLocated(_ manifest: inout Manifest, _ kind: Address.Kind) {
    guard let location = field("location", of: manifest, defaults.location) else {
      if manifest.positions["location"] == nil { withoutLocation.append(manifest.namePosition) }
      manifest.isSound = false
      return
    }
    manifest.location = location
    manifest.address = Address(project: manifest.project, kind, location, manifest.name)
    guard !Locations.isKnown(location), unknownLocations.insert(location).inserted else { return }
    let place = manifest.positions["location"] ?? defaults.locationPosition
    let near = Locations.nearest(to: location)
    sink.warning(
      .unknownLocation,
      (place == nil ? "--location: " : "") + "`\(location)` is no location that arctl knows",
      at: place, label: near.map { "did you mean `\($0)`?" } ?? "")
  }

  private func placeKey(_ manifest: inout Manifest, _ kind: Address.Kind) {
    guard let text = manifest.text("serviceAccount") else { return }
    guard let account = AccountName(text.text, in: manifest.project) else {
      sink.error(
        .badValue, "`\(text.text)` is no service account of a project", at: text.source,
        help: "write the name of a ServiceAccount of the set, or a full e-mail")
      manifest.isSound = false
      return
    }
    manifest.project = account.project
    manifest.address = Address(project: account.project, kind, account.id, manifest.name)
  }

  private func field(_ name: String, of manifest: Manifest, _ preset: String?) -> String? {
    if let written = manifest.text(name) { return written.text }
    return manifest.positions[name] == nil ? preset : nil
  }

  /// One missing default is one mistake, however many documents lack it.
  private func report(_ places: [SourcePosition], _ name: String, example: String) {
    guard let first = places.min() else { return }
    let others = places.count - 1
    let rest =
      others == 0 ? "" : others == 1 ? ", and 1 other has none" : ", and \(others) others have none"
    sink.error(
      .missingField, "the document has no \(name)\(rest)", at: first,
      help:
        "write spec.defaults.\(name) in a document `kind: Stack`, spec.\(name) here, or --\(name) \(example)"
    )
  }
}
