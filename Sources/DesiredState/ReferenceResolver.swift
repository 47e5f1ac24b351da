import Diagnostics
import Manifests
import Model
import Registry

/// Turns what manifests say of other things into addresses, and judges it.
final class ReferenceResolver {
  let index: SetIndex
  let sink: DiagnosticSink
  /// What was named by a full Google name only, with the first place that does.
  private(set) var externals: [Address: SourcePosition] = [:]

  /// What was parsed once: sets name the same members and roles over and over.
  var members: [String: Member] = [:]
  var roles: [String: RoleName] = [:]

  init(_ index: SetIndex, _ sink: DiagnosticSink) {
    self.index = index
    self.sink = sink
  }

  /// Who refers: what its references may leave out, and whether it wants what it names to be there.
  struct Referrer {
    var project: String
    var location: String?
    var isPresent = true
    /// Whether it is in no project because of a mistake that was reported: then nothing can be said of what it names.
    var isLost = false
    /// The document's kind and name, for messages.
    var name: String { "\(kind) `\(id)`" }
    private var kind: String
    private var id: String

    init(_ manifest: Manifest) {
      project = manifest.project
      location = manifest.kind.resource?.place == .location ? manifest.location : nil
      isPresent = !manifest.isAbsent
      isLost = manifest.project.isEmpty
      (kind, id) = (manifest.kind.name, manifest.name)
    }

    init(project: String, kind: String, name: String) {
      self.project = project
      self.kind = kind
      id = name
    }
  }

  /// What must be declared in the set; nil, reported, when it is not.
  func declared(_ address: Address, _ reference: SourcedText, _ referrer: Referrer) -> Address? {
    guard let target = index[address] else {
      if !referrer.isLost { reportDangling(reference, address, referrer) }
      return nil
    }
    checkPresent(target, address, reference, referrer)
    return address
  }

  /// What was named in full: declared, or outside of the set.
  func declaredOrExternal(_ address: Address, _ reference: SourcedText, _ referrer: Referrer)
    -> Address
  {
    if let target = index[address] {
      checkPresent(target, address, reference, referrer)
    } else {
      checkProject(of: address, reference, referrer)
      externals[address] = min(externals[address] ?? reference.source, reference.source)
    }
    return address
  }

  private func checkPresent(
    _ target: Manifest, _ address: Address, _ reference: SourcedText, _ referrer: Referrer
  ) {
    guard referrer.isPresent, target.isAbsent else { return }
    sink.error(
      .refersToAbsent, "\(referrer.name) refers to `\(address)`, which is to be absent",
      at: reference.source,
      related: [.init(target.ensurePosition, "`\(address)` is `ensure: absent` here")],
      help: "remove the reference, or make this `ensure: absent` too")
  }

  private func reportDangling(
    _ reference: SourcedText, _ address: Address, _ referrer: Referrer
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
    if label.isEmpty, address.kind == .role, let role = RoleName.ofGoogles(address.id) {
      label = "did you mean `\(role)`?"
    }
    sink.error(
      .danglingReference, "`\(reference.text)`: no document declares \(Self.words(address))",
      at: reference.source, label: label,
      help:
        "declare it, or give its full name (\(Self.fullName(address))) if it is managed elsewhere")
  }

  private static func words(_ address: Address) -> String {
    address.names.contains(anyLocation)
      ? "a repository `\(address.id)` in \(address.project)" : "`\(address)`"
  }

  /// Stands for the location of a repository that is in none.
  fileprivate static let anyLocation = "LOCATION"

  /// As Google names it, which may stand for something that the set does not declare.
  static func fullName(_ address: Address) -> String {
    switch address.kind {
    case .repository:
      "projects/\(address.project)/locations/\(address.names.first ?? anyLocation)/repositories/\(address.id)"
    case .serviceAccount: AccountName(address).email
    case .serviceAccountKey:
      "projects/\(address.project)/serviceAccounts/\(address.names.joined(separator: "/keys/"))"
    case .role: "projects/\(address.project)/roles/\(address.id)"
    case .service: "projects/\(address.project)/services/\(address.id)"
    case .project, .iam: "projects/\(address.project)"
    }
  }
}

extension ReferenceResolver {
  /// `repository/x`, `x`, `repository/L/x`, `P/repository/L/x` or `projects/P/locations/L/repositories/x`.
  func repository(_ reference: SourcedText, _ referrer: Referrer) -> Address? {
    let parts = reference.text.split(separator: "/", omittingEmptySubsequences: false).map(
      String.init)
    let project = referrer.project
    switch parts.count {
    case 6 where parts[0] == "projects" && parts[2] == "locations" && parts[4] == "repositories":
      let address = Address(project: parts[1], .repository, parts[3], parts[5])
      return isWellFormed(address, reference)
        ? declaredOrExternal(address, reference, referrer) : nil
    case 4 where parts[1] == "repository":
      return declared(
        Address(project: parts[0], .repository, parts[2], parts[3]), reference, referrer)
    case 3 where parts[0] == "repository":
      return declared(
        Address(project: project, .repository, parts[1], parts[2]), reference, referrer)
    case 2 where parts[0] == "repository": return shortRepository(parts[1], reference, referrer)
    case 1: return shortRepository(parts[0], reference, referrer)
    default:
      reportForm(reference, "repository/ID, or projects/P/locations/L/repositories/ID")
      return nil
    }
  }

  private func shortRepository(_ id: String, _ reference: SourcedText, _ referrer: Referrer)
    -> Address?
  {
    let candidates = index.repositories(project: referrer.project, id: id)
    if let location = referrer.location {
      return declared(
        Address(project: referrer.project, .repository, location, id), reference, referrer)
    }
    guard candidates.count > 1 else {
      return declared(
        candidates.first ?? Address(project: referrer.project, .repository, Self.anyLocation, id),
        reference,
        referrer)
    }
    let shown = candidates.prefix(Self.maximumShown)
    sink.step(shown.count)
    sink.error(
      .ambiguousReference, "`\(reference.text)` could be \(candidates.count) repositories",
      at: reference.source,
      related: shown.compactMap { address in
        index[address].map { .init($0.namePosition, "`\(address.local)`") }
      },
      help: "write one of: \(shown.map(\.local).joined(separator: ", "))"
        + (shown.count < candidates.count
          ? " or one of \(candidates.count - shown.count) others" : ""))
    return nil
  }

  /// How many candidates of an ambiguous reference are shown.
  private static let maximumShown = 10

  /// `uploader`, `serviceAccount/uploader`, `uploader@other-project`, a full e-mail, a full Google name.
  func account(_ reference: SourcedText, _ referrer: Referrer) -> Address? {
    let parts = reference.text.split(separator: "/", omittingEmptySubsequences: false).map(
      String.init)
    let name: AccountName?
    switch parts.count {
    case 1: name = AccountName(parts[0], in: referrer.project)
    case 2 where parts[0] == "serviceAccount": name = AccountName(parts[1], in: referrer.project)
    case 3 where parts[1] == "serviceAccount": name = AccountName(parts[2], in: parts[0])
    case 4 where parts[0] == "projects" && parts[2] == "serviceAccounts":
      name = AccountName(parts[3], in: parts[1])
    default: name = nil
    }
    guard let name else {
      reportForm(reference, "serviceAccount/ID, or a full e-mail")
      return nil
    }
    return name.isFull
      ? declaredOrExternal(name.address, reference, referrer)
      : declared(name.address, reference, referrer)
  }

  /// What an IAMBinding is on: a project, a repository or a service account.
  func resource(_ reference: SourcedText, _ referrer: Referrer) -> Address? {
    let text = reference.text
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if text == "project" {
      return declared(Address(project: referrer.project, .project), reference, referrer)
    }
    if parts.count == 2, parts[1] == "project" {
      return declared(Address(project: parts[0], .project), reference, referrer)
    }
    if parts.count == 2, parts[0] == "projects" {
      let address = Address(project: parts[1], .project)
      return isWellFormed(address, reference)
        ? declaredOrExternal(address, reference, referrer) : nil
    }
    if parts.contains("repository") || parts.contains("repositories") {
      return repository(reference, referrer)
    }
    if parts.contains("serviceAccount") || parts.contains("serviceAccounts") || text.contains("@") {
      return account(reference, referrer)
    }
    let names = ["project", "repository", "serviceAccount"]
    sink.error(
      .badValue, "`\(text)` is no reference to a resource", at: reference.source,
      label: sink.nearest(to: parts[0], in: names).map {
        "did you mean `\(([$0] + parts.dropFirst()).joined(separator: "/"))`?"
      } ?? "",
      help: "write project, repository/ID, serviceAccount/ID, or a full Google name")
    return nil
  }

  private func isWellFormed(_ address: Address, _ reference: SourcedText) -> Bool {
    var problem = NameRules.projectID(address.project).map { "`\(address.project)` \($0)" }
    if address.kind == .repository {
      problem = problem ?? NameRules.repositoryID(address.id).map { "`\(address.id)` \($0)" }
      problem =
        problem ?? NameRules.location(address.names[0]).map { "`\(address.names[0])` \($0)" }
    }
    if problem == nil, let location = address.names.first, address.kind == .repository,
      case .mistaken(let meant) = Locations.judgement(on: location)
    {
      sink.error(
        .unknownLocation, "`\(location)` is not a location of Artifact Registry",
        at: reference.source, label: "did you mean `\(meant)`?")
      return false
    }
    guard let problem else { return true }
    sink.error(.badValue, "`\(reference.text)`: \(problem)", at: reference.source)
    return false
  }

  private func reportForm(_ reference: SourcedText, _ form: String) {
    sink.error(
      .badValue, "`\(reference.text)` is no reference", at: reference.source,
      help: "write \(form)")
  }
}
