import Diagnostics
import Grammar
import JSON
import Model

/// The project of an object.
struct ConnectorProject {
  var id: String
  /// Whether it is only the name of the object's namespace.
  var isAssumed = false
}

/// Projects, names and references of objects.
extension ConnectorMigration {
  /// The project of an object: that of its `projectRef`, of its annotation, of its namespace's annotation, or the name of
  /// its namespace.
  func project(of object: ConnectorObject) throws(Unconvertible) -> ConnectorProject {
    if let reference = object.spec["projectRef"] {
      return ConnectorProject(id: try project(reference, of: object))
    }
    if let id = object.annotation("project-id") {
      return ConnectorProject(id: try projectID(id))
    }
    if let id = input.projectsOfNamespaces[object.namespace] {
      return ConnectorProject(id: try projectID(id))
    }
    guard !object.namespace.isEmpty else {
      throw Unconvertible(
        "its project is not known: it has neither a namespace nor the annotation `\(ConnectorObject.mark)project-id`"
      )
    }
    return ConnectorProject(id: try projectID(object.namespace), isAssumed: true)
  }

  /// The id in a text, which may be a placeholder that somebody was to fill in.
  func projectID(_ text: String) throws(Unconvertible) -> String {
    if text.contains("${") || text.contains("PROJECT_ID") {
      throw Unconvertible(
        "its project is the placeholder `\(ConversionBuilder.shown(text))`: fill it in first")
    }
    return try builder.projectID(text)
  }

  /// The project of a reference: `{external: P}` or `{name: ..., namespace: ...}`.
  func project(
    _ reference: JSONValue, of object: ConnectorObject
  ) throws(Unconvertible) -> String {
    if let external = external(reference) { return try projectID(external) }
    let target = try target(reference, kind: ConnectorType.project, of: object)
    return try projectID(target.resourceID)
  }

  func external(_ reference: JSONValue) -> String? {
    reference["external"]?.string.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The object of the input that a reference names.
  func target(
    _ reference: JSONValue, kind: String, of object: ConnectorObject
  ) throws(Unconvertible) -> ConnectorObject {
    guard let name = reference["name"]?.string, !name.isEmpty else {
      throw Unconvertible("a reference has neither `name` nor `external`")
    }
    let namespace = reference["namespace"]?.string ?? object.namespace
    guard let target = input.object(kind, name, namespace: namespace) else {
      let full = namespace.isEmpty ? name : "\(namespace)/\(name)"
      throw Unconvertible(
        "it refers to the \(ConversionBuilder.shown(kind)) `\(ConversionBuilder.shown(full))`, which is not in the input"
      )
    }
    return target
  }

  /// Google's name of a key of Cloud KMS, from its object and that of its key ring.
  private func keyName(of key: ConnectorObject) throws(Unconvertible) -> String {
    guard let reference = key.spec["keyRingRef"] else {
      throw Unconvertible("`keyRingRef` of its key is missing")
    }
    if let external = external(reference) { return "\(external)/cryptoKeys/\(key.resourceID)" }
    let ring = try target(reference, kind: "KMSKeyRing", of: key)
    guard let location = ring.spec["location"]?.string else {
      throw Unconvertible("`location` of its key ring is missing")
    }
    let project = try project(of: ring).id
    return
      "projects/\(project)/locations/\(location)/keyRings/\(ring.resourceID)/cryptoKeys/\(key.resourceID)"
  }

  /// The address of the resource that an object is.
  func address(of object: ConnectorObject) throws(Unconvertible) -> Address {
    if object.kind == ConnectorType.project {
      return builder.kinds.project(try projectID(object.resourceID))
    }
    guard let type = ConnectorType.all[object.kind] else {
      throw Unconvertible("arctl does not manage \(ConversionBuilder.shown(object.kind))")
    }
    guard let kind = builder.kinds[type.kind]?.resource else {
      throw Unconvertible("arctl has no kind for \(object.kind) yet")
    }
    if object.kind == ConnectorType.key {
      return try builder.address(try keyName(of: object), kind)
    }
    let project = try project(of: object)
    var name = type.name.replacing("{project}", with: project.id)
      .replacing("{id}", with: object.resourceID)
    if name.contains("{host}") {
      let parts = project.id.split(separator: ":", maxSplits: 1)
      name.replace("{host}", with: parts.count == 2 ? "\(parts[1]).\(parts[0])" : project.id)
    }
    if name.contains("{location}") {
      guard let location = object.spec["location"]?.string else {
        throw Unconvertible("`location` is missing")
      }
      name.replace("{location}", with: location)
    }
    if name.contains("{pool}") {
      name.replace("{pool}", with: try pool(of: object))
    }
    return try builder.address(name, kind)
  }

  private func pool(of object: ConnectorObject) throws(Unconvertible) -> String {
    guard let reference = object.spec["workloadIdentityPoolRef"] else {
      throw Unconvertible("`workloadIdentityPoolRef` is missing")
    }
    if let external = external(reference) {
      return external.split(separator: "/").last.map(String.init) ?? external
    }
    return try target(reference, kind: "IAMWorkloadIdentityPool", of: object).resourceID
  }

  /// Google's name of what a reference names, whose kind its field implies.
  func fullName(
    _ reference: JSONValue, kind: String, of object: ConnectorObject
  ) throws(Unconvertible) -> String {
    if let external = external(reference) { return builder.withProjectID(external) }
    let address = try address(of: try target(reference, kind: kind, of: object))
    return address.resource?.fullName(of: address) ?? "\(address)"
  }

  /// The account of a `serviceAccountRef`, by its e-mail or its full name.
  func account(
    _ reference: JSONValue, of object: ConnectorObject
  ) throws(Unconvertible) -> Address {
    guard let external = external(reference) else {
      return try address(of: try target(reference, kind: "IAMServiceAccount", of: object))
    }
    guard let credential = builder.kinds.resources.first(where: \.isCredential),
      let kind = credential.parent?.resource
    else { throw Unconvertible("arctl has no kind for accounts") }
    return try builder.address(external, kind)
  }

  /// The resource whose policy an object is about.
  func policyOwner(of object: ConnectorObject) throws(Unconvertible) -> Address {
    guard let reference = object.spec["resourceRef"] else {
      throw Unconvertible("`resourceRef` is missing")
    }
    guard let kind = reference["kind"]?.string else {
      throw Unconvertible("`resourceRef` has no `kind`")
    }
    if kind == ConnectorType.project {
      let hasName = reference["name"]?.string.map { !$0.isEmpty } ?? false
      if external(reference) == nil, !hasName {
        return builder.kinds.project(try project(of: object).id)
      }
      return builder.kinds.project(try project(reference, of: object))
    }
    guard let type = ConnectorType.all[kind], let own = builder.kinds[type.kind]?.resource,
      own.hasPolicy
    else {
      throw Unconvertible(
        "arctl does not manage policies of `\(ConversionBuilder.shown(kind))`")
    }
    if let external = external(reference) { return try builder.address(external, own) }
    return try address(of: try target(reference, kind: kind, of: object))
  }
}
