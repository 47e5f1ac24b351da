import Diagnostics
import Grammar
import JSON
import Manifests
import Model

/// Builds the desired graph from checked manifests: resources, policies and keys with their dependencies.
struct GraphBuilder {
  let manifests: [Manifest]
  let defaults: Defaults
  private let hasStack: Bool
  let resolver: ReferenceResolver
  let sink: DiagnosticSink
  private var graph: DesiredGraph
  /// The place of each reference between two resources.
  private var edges: [Address: [Address: SourcePosition]] = [:]

  private var impliedByKind: [Implying: [Address]] = [:]
  private var referenceFields: [KindID: [Field]] = [:]

  /// The inputs that decide which services and projects an address needs, as a cache key.
  private struct Implying: Hashable {
    let project: String
    let kind: KindID
    let isPolicy: Bool
  }

  /// - Parameter stack: the settings of the set, valid or not.
  init(_ manifests: [Manifest], stack: StackReader, resolver: ReferenceResolver) {
    self.manifests = manifests
    self.resolver = resolver
    defaults = stack.defaults
    hasStack = stack.isDeclared
    sink = resolver.sink
    graph = DesiredGraph(stack: stack.settings)
  }

  /// Builds the graph and reports problems of the set as a whole.
  ///
  /// - Parameter now: Unix seconds, for `until`.
  mutating func build(now: Double) -> DesiredGraph {
    for manifest in manifests where resolver.index[manifest.address]?.source == manifest.source {
      add(manifest)
    }
    resolver.checkProjects(of: manifests)
    graph.stack.revoked = revoked(graph.stack.revoked)
    graph.keys = KeyBuilder(
      resolver: resolver, stack: graph.stack, hasStack: hasStack, sink: sink
    ).keys(manifests)
    var policies = PolicyCollector(resolver, now: now)
    for manifest in manifests {
      manifest.kind.part == .grants
        ? policies.addBinding(manifest) : policies.addInline(manifest)
    }
    graph.policies = policies.policies(revoked: graph.stack.revoked)
    addExternals()
    graph.elsewhere = Set(resolver.elsewhere.addresses)
    addImplicitDependencies()
    let start = sink.checkpoint
    CycleFinder(graph: graph, edges: edges, sink: sink).report()
    reportFindings(hasCycle: !sink.isSound(since: start))
    return graph
  }

  private mutating func add(_ manifest: Manifest) {
    guard let address = manifest.address, let kind = manifest.kind.resource, !kind.isCredential
    else { return }
    var resource = DesiredResource(
      address: address, lifecycle: manifest.lifecycle, source: manifest.source,
      positions: manifest.positions, note: manifest.note)
    let fields = kind.abbreviatingKind?.expanded(manifest.spec) ?? manifest.spec
    for (name, value) in manifest.spec where fields[name] == nil {
      resource.abbreviation[name] = value
    }
    for (name, value) in fields
    where kind.schema[name]?.traits.contains(.manifestOnly) == false {
      resource.spec[name] = value
    }
    if kind.takesDefaultLabels { mergeLabels(into: &resource, manifest) }
    resolveParent(of: &resource, manifest, kind)
    resolveReferences(in: &resource, manifest, kind)
    graph.resources[address] = resource
    if !manifest.isAbsent { addServices(of: manifest) }
  }

  /// A document's own labels override the defaults; null removes a default.
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
    let identities = Set(
      (manifest.spec["serviceIdentities"]?.array ?? []).compactMap(\.string)
        .map(ServiceAgents.service(named:)))
    for (index, service) in (manifest.spec["services"]?.array ?? []).enumerated() {
      guard let name = service.string else { continue }
      let address = resolver.kinds.service(name, project: manifest.project)
      var service = DesiredResource(
        address: address, source: manifest.position(of: "services[\(index)]"), note: manifest.note)
      if identities.contains(name) { service.spec["identity"] = true }
      graph.resources[address] = service
    }
    for (index, service) in (manifest.spec["absentServices"]?.array ?? []).enumerated() {
      guard let name = service.string else { continue }
      let address = resolver.kinds.service(name, project: manifest.project)
      var lifecycle = Lifecycle()
      lifecycle.ensure = .absent
      lifecycle.protect = manifest.lifecycle.protect
      graph.resources[address] = DesiredResource(
        address: address, lifecycle: lifecycle,
        source: manifest.position(of: "absentServices[\(index)]"), note: manifest.note)
    }
  }

  /// A child depends on its parent, which its address already contains.
  private mutating func resolveParent(
    of resource: inout DesiredResource, _ manifest: Manifest, _ kind: any ResourceKind
  ) {
    guard case .child(let parent, let field) = kind.place, let reference = manifest.text(field)
    else { return }
    // What is to be absent needs no parent that some other set manages.
    if manifest.isAbsent, let target = resource.address.parent, resolver.index[target] == nil,
      case .full? = parent.resource?.read(reference: reference.text, project: manifest.project)
    {
      return
    }
    guard let target = resolver.resource(parent, for: reference, in: .init(manifest))
    else { return }
    resolver.check(target, for: reference, of: manifest, kind: kind)
    resource.dependencies.insert(target)
    edges[resource.address, default: [:]][target] = reference.source
  }

  /// Replaces references to other resources by full names.
  private mutating func resolveReferences(
    in resource: inout DesiredResource, _ manifest: Manifest, _ kind: any ResourceKind
  ) {
    let fields =
      referenceFields[resource.address.kind] ?? ReferenceFields.holding(kind.schema.fields)
    referenceFields[resource.address.kind] = fields
    guard fields.contains(where: { resource.spec[$0.name] != nil }) else { return }
    let references = ReferenceFields(
      resolver: resolver, manifest: manifest, kind: kind, referrer: .init(manifest), fields: fields)
    let (spec, targets) = references.resolve(resource.spec)
    resource.spec = spec
    for (target, place) in targets {
      resource.dependencies.insert(target)
      edges[resource.address, default: [:]][target] = place
    }
  }

  private func revoked(_ members: [SourcedText]) -> [SourcedText] {
    var referrer = ReferenceResolver.Referrer(
      project: defaults.project ?? "", settings: graph.stack.name ?? "")
    referrer.isPresent = false
    referrer.isLost = defaults.project == nil && !defaults.isComplete
    return members.compactMap { member in
      resolver.member(member, referrer).map { SourcedText($0.text, member.source) }
    }
  }

  /// Reports the findings of the kinds about the whole set.
  private func reportFindings(hasCycle: Bool) {
    for resource in graph.resources.values where resource.lifecycle.ensure == .present {
      let findings =
        resource.address.resource?.findings(on: resource, in: graph, hasCycle: hasCycle) ?? []
      for finding in findings {
        if finding.replacesLint, let place = finding.diagnostic.position {
          sink.dropLint(at: place)
        }
        sink.report(finding.diagnostic)
      }
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
      let policies = Set(policiesNeeded(by: address))
      graph.resources[address]?.creationNeeds = policies
    }
    for address in Array(graph.policies.keys) {
      guard var policy = graph.policies[address] else { continue }
      policy.dependencies.formUnion(implied(by: address))
      let own = policy.dependencies
      // What only a member needs is left out together with the grants to that member, not with the whole policy.
      for (needed, member) in agentsNeeded(by: policy) where !own.contains(needed) {
        policy.dependencies.insert(needed)
        policy.mentions[needed, default: []].insert(.member(member))
      }
      graph.policies[address] = policy
    }
    for address in Array(graph.keys.keys) {
      let needed = implied(by: address)
      graph.keys[address]?.dependencies.formUnion(needed)
    }
  }

  private func policiesNeeded(by address: Address) -> [Address] {
    guard let resource = graph.resources[address], resource.lifecycle.ensure == .present else {
      return []
    }
    return (address.resource?.policiesNeeded(by: resource.spec) ?? [])
      .filter { graph.policies[$0] != nil }
  }

  /// A project has a number, and its service agents exist, only after it was created and its services enabled.
  private func agentsNeeded(by policy: DesiredPolicy) -> [(needed: Address, member: String)] {
    let members = policy.entries.flatMap(\.members).map(\.text)
    return members.flatMap { member -> [(needed: Address, member: String)] in
      guard let project = NumberedMember.project(in: member) else { return [] }
      let service = ServiceAgents.service(of: member).map {
        resolver.kinds.service($0, project: project)
      }
      return ([resolver.kinds.project(project)] + (service.map { [$0] } ?? [])).map { ($0, member) }
    }.filter { graph.resources[$0.needed]?.origin == .declared }
  }

  /// The project, and the service behind the resource's API, if they are declared.
  private mutating func implied(by address: Address) -> [Address] {
    let key = Implying(
      project: address.project, kind: (address.policyResource ?? address).kind,
      isPolicy: address.isPolicy)
    if let known = impliedByKind[key] { return known }
    let needed = findImplied(by: address)
    impliedByKind[key] = needed
    return needed
  }

  private func findImplied(by address: Address) -> [Address] {
    let project = address.root
    var needed = address == project ? [] : [project]
    let service = address.policyResource?.resource?.policyService ?? address.resource?.service
    if let service {
      needed.append(resolver.kinds.service(service, project: address.project))
    }
    return needed.filter { graph.resources[$0]?.origin == .declared }
  }
}

extension ManifestIndex {
  subscript(address: Address?) -> Manifest? { address.flatMap { self[$0] } }
}
