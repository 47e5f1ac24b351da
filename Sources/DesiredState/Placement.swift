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
    let isProject = manifest.kind.resource?.place == .root
    guard
      let project = isProject
        ? manifest.name : field("project", of: manifest, defaults.project ?? namedProject(manifest))
    else {
      // A field that was written and is wrong has been reported.
      if manifest.positions["project"] == nil { withoutProject.append(manifest.namePosition) }
      manifest.isSound = false
      return
    }
    manifest.project = project
    guard let kind = manifest.kind.resource else { return }
    switch kind.place {
    case .root: manifest.address = Address(project: project, kind.id)
    case .setting, .project: manifest.address = Address(project: project, kind.id, manifest.name)
    case .location: placeLocated(&manifest, kind.id)
    case .child: placeKey(&manifest, kind.id)
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
    guard unknownLocations.insert(location).inserted else { return }
    judge(location, at: manifest.positions["location"] ?? defaults.locationPosition)
  }

  /// A near miss would last until Google's first refusal, which does not name it. What may be a new region is a warning.
  private func judge(_ location: String, at place: SourcePosition?) {
    let subject = (place == nil ? "--location: " : "") + "`\(location)`"
    switch Locations.judgement(on: location) {
    case .known: break
    case .possible(let near):
      sink.warning(
        .unknownLocation, "\(subject) is not a location that arctl knows", at: place,
        label: near.map { "did you mean `\($0)`?" } ?? "")
    case .unknown:
      sink.warning(
        .unknownLocation, "\(subject) is not a location that arctl knows", at: place)
    case .mistaken(let meant):
      sink.error(
        .unknownLocation, "\(subject) is not a location of Artifact Registry", at: place,
        label: "did you mean `\(meant)`?",
        help: location == "global" ? "write a region, or one of `us`, `europe`, `asia`" : "")
    }
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

  /// The project that the full name of what a document is about holds: `projects/p`, `uploader@p.iam.gserviceaccount.com`.
  private func namedProject(_ manifest: Manifest) -> String? {
    guard let text = (manifest.text("resource") ?? manifest.text("serviceAccount"))?.text else {
      return nil
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count >= 2, parts[0] == "projects" {
      return NameRules.projectID(parts[1]) == nil ? parts[1] : nil
    }
    if let address = Address(parsing: text), NameRules.projectID(address.project) == nil {
      return address.project
    }
    guard let last = parts.last, last.contains("@"), let name = AccountName(last, in: "") else {
      return nil
    }
    return name.project
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
