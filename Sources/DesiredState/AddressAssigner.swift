import Diagnostics
import Grammar
import Manifests
import Model

/// Gives manifests their project, location and address.
struct AddressAssigner {
  let defaults: Defaults
  let sink: DiagnosticSink
  private var withoutProject: [SourcePosition] = []
  private var withoutLocation: [SourcePosition] = []
  private var unknownLocations: Set<String> = []

  /// The resources that other stacks declare.
  private let elsewhere: [Address]

  /// - Parameter elsewhere: the resources that other stacks declare: parents may be among them.
  init(defaults: Defaults, elsewhere: [Address] = [], sink: DiagnosticSink) {
    self.defaults = defaults
    self.elsewhere = elsewhere
    self.sink = sink
  }

  /// Parents come before their children, whose addresses contain those of their parents.
  mutating func place(_ manifests: inout [Manifest]) {
    let depths = manifests.map { $0.kind.resource?.place.depth ?? 0 }
    for depth in 0...(depths.max() ?? 0) {
      let parents =
        depth > 0
        ? PlacedResources(manifests.compactMap(\.address) + elsewhere) : PlacedResources([])
      for index in manifests.indices where depths[index] == depth {
        place(&manifests[index], parents)
      }
    }
    guard defaults.isComplete else { return }
    report(withoutProject, "project", example: "my-project-id")
    report(withoutLocation, "location", example: "us-east4")
  }

  private mutating func place(_ manifest: inout Manifest, _ parents: PlacedResources) {
    let isProject = manifest.kind.resource?.place.isRoot == true
    guard
      let project = isProject
        ? manifest.name : field("project", of: manifest, defaults.project ?? namedProject(manifest))
    else {
      // A wrong field was reported already.
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
    case .child(let parent, let field):
      placeChild(&manifest, kind: kind.id, of: parent, named: field, parents: parents)
    }
  }

  private mutating func placeLocated(_ manifest: inout Manifest, _ kind: KindID) {
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

  /// A misspelt location would only fail at Google's first refusal, which does not name it. A possible new region is a
  /// warning.
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

  private func placeChild(
    _ manifest: inout Manifest, kind: KindID, of parent: KindID, named field: String,
    parents: PlacedResources
  ) {
    guard let parentKind = parent.resource else { return }
    guard let text = manifest.text(field) else {
      // Of a present document, the decoder reports it.
      if manifest.isAbsent, manifest.positions[field] == nil { reportNoParent(manifest, field) }
      return
    }
    let address: Address
    switch parentKind.read(reference: text.text, project: manifest.project) {
    case .full(let full): address = full
    case .short(let project, let names) where names.count == parentKind.place.nameCount:
      address = Address(project: project, parent, names: names)
    case .short(let project, let names):
      guard
        let found = parents.only(
          parent, in: project, id: names.last ?? "", location: defaults.location)
      else {
        // The parent is unknown: no document declares it, or several do. The reference is reported when it is resolved.
        address = Address(
          project: project, parent,
          names: Array(repeating: ReferenceResolver.anyPlace, count: parentKind.place.nameCount - 1)
            + names.suffix(1))
        break
      }
      address = found
    case nil:
      sink.error(
        .badValue, "`\(text.text)` is not a \(parentKind.name) of a project", at: text.source,
        help: "write the name of a \(parentKind.name) of the set, or \(parentKind.fullNameForm)")
      manifest.isSound = false
      return
    }
    if let written = manifest.text("project"), written.text != address.project {
      sink.error(
        .fieldConflict,
        "`project` is `\(written.text)`, and its \(parentKind.addressName) is in `\(address.project)`",
        at: written.source, help: "remove `project`: it is where its \(parentKind.addressName) is")
    }
    manifest.project = address.project
    let located = address.lineage.first { $0.resource?.place.isLocation == true }
    manifest.location = located?.names.first.flatMap {
      $0 == ReferenceResolver.anyPlace ? nil : $0
    }
    manifest.address = Address(
      project: address.project, kind, names: address.names + [manifest.name])
  }

  private func reportNoParent(_ manifest: Manifest, _ field: String) {
    sink.error(
      .missingField, "\(manifest.kind.name) `\(manifest.name)` has no `\(field)`",
      at: manifest.namePosition,
      help: "write \(field): ...: without it, it is not known which one is to be absent")
  }

  /// The project in the full name of a document's subject: `projects/p`, `uploader@p.iam.gserviceaccount.com`.
  private func namedProject(_ manifest: Manifest) -> String? {
    guard let text = (manifest.text("resource") ?? parentText(of: manifest))?.text else {
      return nil
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count >= 2, parts[0] == "projects" {
      return NameRules.projectID(parts[1]) == nil ? parts[1] : nil
    }
    if let address = sink.kinds.address(parsing: text),
      NameRules.projectID(address.project) == nil
    {
      return address.project
    }
    guard let last = parts.last, last.contains("@"), let name = AccountName(last, in: "") else {
      return nil
    }
    return name.project
  }

  /// The parent that a child's document names.
  private func parentText(of manifest: Manifest) -> SourcedText? {
    guard case .child(_, let field)? = manifest.kind.resource?.place else { return nil }
    return manifest.text(field)
  }

  private func field(_ name: String, of manifest: Manifest, _ preset: String?) -> String? {
    if let written = manifest.text(name) { return written.text }
    return manifest.positions[name] == nil ? preset : nil
  }

  /// A missing default is one mistake, however many documents lack it.
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

/// The declared resources that have an address already, by kind, project and id.
private struct PlacedResources {
  private let byName: [Name: [Address]]

  private struct Name: Hashable {
    let kind: KindID
    let project: String
    let id: String
  }

  init(_ addresses: [Address]) {
    byName = Dictionary(grouping: Set(addresses)) {
      Name(kind: $0.kind, project: $0.project, id: $0.id)
    }
  }

  /// The only resource with this id, or the one in the default location; nil if there is none, or several.
  func only(_ kind: KindID, in project: String, id: String, location: String?) -> Address? {
    let found = byName[Name(kind: kind, project: project, id: id)] ?? []
    if found.count == 1 { return found.first }
    return found.first { kind.resource?.place.isLocation == true && $0.names.first == location }
  }
}

extension Place {
  /// How many parents in its address are resources themselves.
  fileprivate var depth: Int {
    guard case .child(let parent, _) = self else { return 0 }
    return (parent.resource?.place.depth ?? 0) + 1
  }
}
