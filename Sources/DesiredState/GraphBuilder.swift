import Diagnostics
import JSON
import Manifests
import Model

/// Makes the desired graph out of checked manifests: resources, policies and keys with their dependencies.
struct GraphBuilder {
  let manifests: [Manifest]
  let defaults: Defaults
  let resolver: ReferenceResolver
  let sink: DiagnosticSink
  private(set) var graph: DesiredGraph
  /// Where each resource names another one.
  private var edges: [Address: [Address: SourcePosition]] = [:]

  private var impliedByKind: [Implying: [Address]] = [:]

  /// What decides which services and projects an address needs, so that it is found out once.
  private struct Implying: Hashable {
    let project: String
    let kind: Address.Kind
    let isProject: Bool
  }

  /// Fields of the language that no kind's calls need; they are not part of a desired resource.
  private static let languageFields: Set = ["project", "location", "services", "iam"]

  init(
    _ manifests: [Manifest], _ stack: StackReader, _ resolver: ReferenceResolver, now: Double
  ) {
    self.manifests = manifests
    self.resolver = resolver
    defaults = stack.defaults
    sink = resolver.sink
    graph = DesiredGraph(stack: stack.settings)
    for manifest in manifests where resolver.index[manifest.address]?.source == manifest.source {
      add(manifest)
    }
    resolver.checkProjects(of: manifests)
    graph.stack.revoked = revoked(stack.settings.revoked)
    graph.keys = KeyBuilder(
      resolver: resolver, stack: graph.stack, hasStack: stack.isDeclared, sink: sink
    ).keys(manifests)
    var policies = PolicyCollector(resolver, now: now)
    for manifest in manifests {
      manifest.kind.name == "IAMBinding"
        ? policies.addBinding(manifest) : policies.addInline(manifest)
    }
    graph.policies = policies.policies(revoked: graph.stack.revoked)
    addExternals()
    addImplicitDependencies()
    let before = sink.errorCount
    CycleFinder(graph: graph, edges: edges, sink: sink).report()
    UpstreamLint(graph: graph, hasCycle: sink.errorCount > before, sink: sink).report()
  }

  private mutating func add(_ manifest: Manifest) {
    guard let address = manifest.address, manifest.kind.resource?.isCredential == false else {
      return
    }
    var resource = DesiredResource(
      address: address, lifecycle: manifest.lifecycle, source: manifest.source,
      positions: manifest.positions, note: manifest.note)
    for (name, value) in manifest.spec where !Self.languageFields.contains(name) {
      resource.spec[name] = value
    }
    if address.kind == .repository {
      mergeLabels(into: &resource, manifest)
      resolveReferences(in: &resource, manifest)
    }
    graph.resources[address] = resource
    if !manifest.isAbsent { addServices(of: manifest) }
  }

  /// A document's own labels win; null keeps a default away.
  private func mergeLabels(into resource: inout DesiredResource, _ manifest: Manifest) {
    guard !manifest.isAbsent, !defaults.labels.isEmpty else { return }
    if resource.spec["labels"]?.isNull == true { return }
    var labels = resource.spec["labels"]?.object ?? JSONObject()
    for (key, value) in defaults.labels where labels[key] == nil {
      labels[key] = value
      resource.positions["labels.\(key)"] = defaults.labelPositions[key]
    }
    resource.spec["labels"] = .object(labels)
  }

  private mutating func addServices(of manifest: Manifest) {
    for (index, service) in (manifest.spec["services"]?.array ?? []).enumerated() {
      guard let name = service.string else { continue }
      let address = Address(project: manifest.project, .service, name)
      graph.resources[address] = DesiredResource(
        address: address, source: manifest.position(of: "services[\(index)]"), note: manifest.note)
    }
  }

  /// Makes the references of a virtual repository whole.
  private mutating func resolveReferences(in resource: inout DesiredResource, _ manifest: Manifest)
  {
    guard var config = resource.spec["virtualRepositoryConfig"]?.object,
      let policies = config["upstreamPolicies"]?.array
    else { return }
    let referrer = ReferenceResolver.Referrer(manifest)
    var resolved: [JSONValue] = []
    for policy in policies {
      guard var object = policy.object, let text = object["repository"]?.string else { continue }
      let path =
        "virtualRepositoryConfig.upstreamPolicies[\"\(object["id"]?.string ?? "")\"].repository"
      let reference = SourcedText(text, manifest.position(of: path))
      if let target = resolver.repository(reference, referrer) {
        resolver.checkUpstream(target, reference, of: manifest)
        object["repository"] = .string(ReferenceResolver.fullName(target))
        resource.dependencies.insert(target)
        edges[resource.address, default: [:]][target] = reference.source
      }
      resolved.append(.object(object))
    }
    config["upstreamPolicies"] = .array(resolved)
    resource.spec["virtualRepositoryConfig"] = .object(config)
  }

  private func revoked(_ members: [SourcedText]) -> [SourcedText] {
    var referrer = ReferenceResolver.Referrer(
      project: defaults.project ?? "", kind: "Stack", name: graph.stack.name ?? "")
    referrer.isPresent = false
    referrer.isLost = defaults.project == nil && !defaults.isComplete
    return members.compactMap { member in
      resolver.member(member, referrer).map { SourcedText($0.text, member.source) }
    }
  }

  private mutating func addExternals() {
    for (address, place) in resolver.externals where graph.resources[address] == nil {
      graph.resources[address] = DesiredResource(address: address, origin: .external, source: place)
    }
  }
}

extension GraphBuilder {
  private mutating func addImplicitDependencies() {
    for address in Array(graph.resources.keys) {
      let needed = implied(by: address)
      graph.resources[address]?.dependencies.formUnion(needed)
    }
    for address in Array(graph.policies.keys) {
      guard var policy = graph.policies[address] else { continue }
      policy.dependencies.formUnion(implied(by: address))
      graph.policies[address] = policy
    }
    for address in Array(graph.keys.keys) {
      let needed = implied(by: address)
      graph.keys[address]?.dependencies.formUnion(needed)
    }
  }

  /// The project, and the service behind the thing's API, where they are declared.
  private mutating func implied(by address: Address) -> [Address] {
    let isProject = address.kind == .project || address.policyResource?.kind == .project
    let key = Implying(project: address.project, kind: address.kind, isProject: isProject)
    if let known = impliedByKind[key] { return known }
    let needed = findImplied(by: address)
    impliedByKind[key] = needed
    return needed
  }

  /// The service of the API that serves a kind; nil for what is there without any service being enabled.
  static func service(behind kind: Address.Kind) -> String? {
    switch kind {
    case .repository: "artifactregistry.googleapis.com"
    case .serviceAccount, .serviceAccountKey, .role: "iam.googleapis.com"
    case .project, .service, .iam: nil
    }
  }

  private func findImplied(by address: Address) -> [Address] {
    let project = Address(project: address.project, .project)
    var needed = address == project ? [] : [project]
    let service =
      address.policyResource == project
      ? "cloudresourcemanager.googleapis.com" : Self.service(behind: address.kind)
    if let service { needed.append(Address(project: address.project, .service, service)) }
    return needed.filter { graph.resources[$0]?.origin == .declared }
  }
}

extension SetIndex {
  subscript(address: Address?) -> Manifest? { address.flatMap { self[$0] } }
}
