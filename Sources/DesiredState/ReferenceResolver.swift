import Diagnostics
import Grammar
import Manifests
import Model

/// Resolves the references of manifests to addresses, and checks them.
final class ReferenceResolver {
  let index: ManifestIndex
  let sink: DiagnosticSink
  var kinds: KindSet { sink.kinds }
  /// The resources that are only named by a full Google name, with the first such place.
  private(set) var externals: [Address: SourcePosition] = [:]

  /// A cache of parsed members, because sets repeat the same members and roles many times.
  var members: [String: Member] = [:]
  var roles: [String: RoleName] = [:]

  /// What other stacks declare.
  let elsewhere: Elsewhere

  init(
    _ index: ManifestIndex, _ sink: DiagnosticSink, elsewhere: Elsewhere = Elsewhere([Address]())
  ) {
    self.index = index
    self.sink = sink
    self.elsewhere = elsewhere
  }

  /// The referring document: what its references may leave out, and whether it needs their targets to exist.
  struct Referrer {
    var project: String
    var location: String?
    var isPresent = true
    /// Whether it has no project because of a reported mistake: then its references cannot be judged.
    var isLost = false
    /// The document's kind and name, for messages.
    var name: String { "\(kind) `\(id)`" }
    private var kind: String
    private var id: String

    init(_ manifest: Manifest) {
      project = manifest.project
      location = manifest.location
      isPresent = !manifest.isAbsent
      isLost = manifest.project.isEmpty
      (kind, id) = (manifest.kind.name, manifest.name)
    }

    /// The settings of the set, by their name.
    init(project: String, settings name: String) {
      self.project = project
      kind = "Stack"
      id = name
    }
  }

  /// A target that the set must declare; nil, reported, if it does not.
  ///
  /// - Parameter hint: another possible meaning, if no declared resource is similar.
  func declared(
    _ address: Address, for reference: SourcedText, in referrer: Referrer, hint: String? = nil
  ) -> Address? {
    guard let target = index[address] else {
      if elsewhere[address] != nil {
        return declaredOrExternal(address, for: reference, in: referrer)
      }
      if !referrer.isLost { reportDangling(reference, address: address, in: referrer, hint: hint) }
      return nil
    }
    checkPresent(target, address: address, for: reference, in: referrer)
    return address
  }

  /// A target by full name: declared, or outside the set.
  func declaredOrExternal(_ address: Address, for reference: SourcedText, in referrer: Referrer)
    -> Address
  {
    if let target = index[address] {
      checkPresent(target, address: address, for: reference, in: referrer)
    } else {
      if let absence = elsewhere[address]?.absence, referrer.isPresent {
        reportAbsent(address, absence, for: reference, in: referrer)
      }
      checkProject(of: address, reference, referrer)
      externals[address] = min(externals[address] ?? reference.source, reference.source)
    }
    return address
  }

  /// Reports a target that is to be absent although the referrer needs it.
  func checkPresent(_ address: Address, for reference: SourcedText, in referrer: Referrer) {
    guard let target = index[address] else { return }
    checkPresent(target, address: address, for: reference, in: referrer)
  }

  private func checkPresent(
    _ target: Manifest, address: Address, for reference: SourcedText, in referrer: Referrer
  ) {
    guard referrer.isPresent, target.isAbsent else { return }
    reportAbsent(address, target.ensurePosition, for: reference, in: referrer)
  }

  private func reportAbsent(
    _ address: Address, _ absence: SourcePosition, for reference: SourcedText, in referrer: Referrer
  ) {
    sink.error(
      .refersToAbsent, "\(referrer.name) refers to `\(address)`, which is `ensure: absent`",
      at: reference.source,
      related: [.init(absence, "`\(address)` is `ensure: absent` here")],
      help: "remove the reference, or make this `ensure: absent` too")
  }

  private func reportDangling(
    _ reference: SourcedText, address: Address, in referrer: Referrer, hint: String?
  ) {
    guard !sink.hasLostDocuments, !index.isLikelyReported(address, sink) else { return }
    guard !address.project.isEmpty else {
      sink.error(
        .danglingReference, "`\(reference.text)`: \(referrer.name) has no project to look in",
        at: reference.source,
        help: "write the full name, or spec.defaults.project in the Stack")
      return
    }
    let known = index.ids(kind: address.kind, project: address.project)
    var label = sink.suggestion(for: address.id, in: known, skipsSame: true)
    if label.isEmpty, let other = index.elsewhere(kind: address.kind, id: address.id).first {
      label = "did you mean `\(other)`?"
    }
    if label.isEmpty, let hint { label = "did you mean `\(hint)`?" }
    sink.error(
      .danglingReference, "`\(reference.text)`: no document declares \(Self.words(address))",
      at: reference.source, label: label,
      help:
        "declare it, or give its full name (\(Self.fullName(address))) if it is managed elsewhere")
  }

  private static func words(_ address: Address) -> String {
    address.names.contains(anyPlace)
      ? "a \(address.kind) `\(address.id)` in \(address.project)" : "`\(address)`"
  }

  /// A placeholder for the location, or the parent's names, of a resource without a parent.
  static let anyPlace = "LOCATION"

  /// The name at Google, which may be that of an undeclared resource.
  static func fullName(_ address: Address) -> String {
    address.resource?.fullName(of: address) ?? "\(address)"
  }
}

extension ReferenceResolver {
  /// The target of a reference to a resource of this kind; nil, reported, if it is wrong.
  func resource(
    _ kind: KindID, for reference: SourcedText, in referrer: Referrer
  ) -> Address? {
    kind.resource.flatMap { resource($0, for: reference, in: referrer) }
  }

  private func resource(
    _ kind: any ResourceKind, for reference: SourcedText, in referrer: Referrer
  ) -> Address? {
    switch kind.read(reference: reference.text, project: referrer.project) {
    case nil:
      sink.error(
        .badValue, "`\(reference.text)` is not a reference", at: reference.source,
        help: isOnlyReferredTo(kind)
          ? "write \(kind.fullNameForm)"
          : "write \(kind.addressName)/ID, or \(kind.fullNameForm)")
      return nil
    case .full(let address):
      return isWellFormed(address, reference)
        ? declaredOrExternal(address, for: reference, in: referrer) : nil
    case .short(let project, let names):
      guard names.count == 1, kind.place.nameCount > 1 else {
        return declared(
          Address(project: project, kind.id, names: names), for: reference, in: referrer)
      }
      return short(names[0], kind: kind, for: reference, in: referrer)
    }
  }

  /// A short reference leaves out the parent: it means a resource in the same location, or the only one with this id.
  private func short(
    _ id: String, kind: any ResourceKind, for reference: SourcedText, in referrer: Referrer
  ) -> Address? {
    if kind.place.isLocation, let location = referrer.location {
      return declared(
        Address(project: referrer.project, kind.id, location, id), for: reference, in: referrer)
    }
    var candidates = index.candidates(kind: kind.id, project: referrer.project, id: id)
    if candidates.isEmpty {
      candidates = elsewhere.candidates(kind: kind.id, project: referrer.project, id: id)
    }
    guard candidates.count > 1 else {
      let nowhere = Array(
        repeating: Self.anyPlace, count: kind.place.nameCount - 1)
      return declared(
        candidates.first
          ?? Address(project: referrer.project, kind.id, names: nowhere + [id]), for: reference,
        in: referrer
      )
    }
    reportAmbiguous(candidates, kind: kind, for: reference)
    return nil
  }

  private func reportAmbiguous(
    _ candidates: [Address], kind: any ResourceKind, for reference: SourcedText
  ) {
    let shown = candidates.prefix(Self.maximumShown)
    sink.step(shown.count)
    sink.error(
      .ambiguousReference,
      "`\(reference.text)` could be \(candidates.count) \(kind.collection)",
      at: reference.source,
      related: shown.compactMap { address in
        (index[address]?.namePosition ?? elsewhere[address]?.place)
          .map { .init($0, "`\(address.local)`") }
      },
      help: "write one of: \(shown.map(\.local).joined(separator: ", "))"
        + (shown.count < candidates.count
          ? " or one of \(candidates.count - shown.count) others" : ""))
  }

  /// How many candidates of an ambiguous reference a message shows.
  private static let maximumShown = 10

  /// The target of an IAMBinding: a project, a repository or another resource that has a policy.
  func policyResource(_ reference: SourcedText, _ referrer: Referrer) -> Address? {
    let kinds = kinds.resources.filter(\.hasPolicy)
    guard let kind = Self.kind(of: reference.text, among: kinds) else {
      reportNoResource(reference, kinds)
      return nil
    }
    return resource(kind, for: reference, in: referrer)
  }

  /// The kind that a text names, spelt correctly or not.
  private static func kind(
    of text: String, among kinds: [any ResourceKind]
  ) -> (any ResourceKind)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let roots = kinds.filter { $0.place.isRoot }
    if let root = roots.first(where: { $0.read(reference: text, project: "") != nil }) {
      return root
    }
    let others = kinds.filter { !$0.place.isRoot }
    // A whole name decides, since ids may be any word: `keyRings/repository/cryptoKeys/k`.
    for kind in others {
      if case .full? = kind.read(reference: text, project: "") { return kind }
    }
    return others.first { parts.contains($0.addressName) || parts.contains($0.collection) }
      // An e-mail may contain a slash by mistake.
      ?? others.first { text.contains("@") && $0.isMember }
  }

  /// Whether no document can declare resources of this kind: then a reference needs the full name.
  private func isOnlyReferredTo(_ kind: any ResourceKind) -> Bool {
    kinds.references.contains { $0.id == kind.id }
  }

  private func reportNoResource(_ reference: SourcedText, _ kinds: [any ResourceKind]) {
    let parts = reference.text.split(separator: "/", omittingEmptySubsequences: false)
      .map(String.init)
    let forms = kinds.filter { !isOnlyReferredTo($0) }
      .map { $0.place.isRoot ? $0.addressName : "\($0.addressName)/ID" }
    sink.error(
      .badValue, "`\(reference.text)` is not a reference to a resource", at: reference.source,
      label: sink.nearest(to: parts[0], in: kinds.map(\.addressName)).map {
        "did you mean `\(([$0] + parts.dropFirst()).joined(separator: "/"))`?"
      } ?? "",
      help: "write \(forms.joined(separator: ", ")), or a full Google name")
  }

  private func isWellFormed(
    _ address: Address, _ reference: SourcedText
  ) -> Bool {
    var problem = NameRules.projectID(address.project)?.of("`\(address.project)`")
    for part in address.lineage where part.names.count > 0 {
      problem = problem ?? part.resource?.problem(withName: part.id)?.of("`\(part.id)`")
      guard part.resource?.place.isLocation == true, let location = part.names.first else {
        continue
      }
      problem = problem ?? NameRules.location(location)?.of("`\(location)`")
      let isOurs = !kinds.references.contains { $0.id == part.kind }
      if problem == nil, isOurs, case .mistaken(let meant) = Locations.judgement(on: location) {
        sink.error(
          .unknownLocation, "`\(location)` is not a location of Artifact Registry",
          at: reference.source, label: "did you mean `\(meant)`?")
        return false
      }
    }
    guard let problem else { return true }
    sink.report(problem.of("`\(reference.text)`:"), at: reference.source)
    return false
  }
}
