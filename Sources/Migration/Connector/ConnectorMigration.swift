import Diagnostics
import Grammar
import JSON
package import Model

/// Reads objects of Config Connector as an estate.
package struct ConnectorMigration {
  var builder: ConversionBuilder
  let input: ConnectorInput

  /// Converts the objects of some files.
  package static func read(_ files: [ConnectorFile], kinds: KindSet) -> Conversion {
    var migration = ConnectorMigration(
      builder: ConversionBuilder(kinds), input: ConnectorInput(files))
    migration.convert()
    return migration.builder.finished()
  }

  private mutating func convert() {
    for object in input.objects where object.kind == ConnectorType.project {
      if let number = object.status?["number"]?.string {
        builder.know(project: object.resourceID, number: number)
      }
    }
    for object in input.objects {
      guard object.isGoogles else {
        countForeign(object)
        continue
      }
      var item = ConvertedItem(.connector(object.origin), at: object.position)
      do throws(Unconvertible) {
        try read(object, &item)
        noteOrigin(object, &item)
      } catch {
        item.skipped = error.reason
      }
      builder.add(item)
    }
    for part in input.unreadable {
      var item = ConvertedItem(
        .connector(ConnectorOrigin(kind: "document", group: "", namespace: "", object: "")),
        at: part.position)
      item.skipped = part.reason
      builder.add(item)
    }
  }

  /// Counts objects that are not Google's. A Secret may hold a key: nothing of it is looked at.
  private mutating func countForeign(_ object: ConnectorObject) {
    if object.kind == "Namespace", object.group.isEmpty { return }
    builder.countForeign(object.kind)
  }

  private mutating func read(
    _ object: ConnectorObject, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    guard !object.name.isEmpty else { throw Unconvertible("`metadata.name` is missing") }
    switch object.kind {
    case "Service": try readService(object, &item)
    case ConnectorType.project: try readProject(object, &item)
    case "IAMServiceAccountKey": try readKey(object, &item)
    case "IAMPolicyMember": try readMember(object, &item)
    case "IAMPartialPolicy": try readPartialPolicy(object, &item)
    case "IAMPolicy": try readPolicy(object, &item)
    case "IAMAuditConfig":
      throw Unconvertible("arctl does not manage audit settings of policies")
    case "SecretManagerSecretVersion": throw Unconvertible(ConversionBuilder.valueOfSecret)
    default: try readResource(object, &item)
    }
  }

  private func noteOrigin(_ object: ConnectorObject, _ item: inout ConvertedItem) {
    if object.annotation("state-into-spec") == "merge" {
      item.note(
        "Config Connector wrote live values into its spec (`state-into-spec: merge`): it may hold settings that nobody chose"
      )
    }
    if usesItsProject(object), (try? project(of: object))?.isAssumed == true {
      item.note(
        "no annotation names its project: the name of its namespace, `\(ConversionBuilder.shown(object.namespace))`, is taken"
      )
    }
  }

  /// Whether an object is in its project; a grant is where its resource is, and a key where its account is.
  private func usesItsProject(_ object: ConnectorObject) -> Bool {
    if let reference = object.spec["resourceRef"] {
      return reference["kind"]?.string == ConnectorType.project && external(reference) == nil
        && reference["name"] == nil
    }
    return object.kind != ConnectorType.project && object.spec["serviceAccountRef"] == nil
  }

  // MARK: resources

  private mutating func readResource(
    _ object: ConnectorObject, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    guard object.kind != ConnectorType.key else {
      throw Unconvertible("arctl does not manage \(object.kind), and only refers to it")
    }
    let address = try address(of: object)
    guard let type = ConnectorType.all[object.kind] else { return }
    let conversion = FieldConversion(
      .same, renamed: type.renamed, ignored: type.ignored.union(ConnectorType.common))
    var members = object.spec
    for (path, field) in type.references {
      try resolve(path.split(separator: ".").map(String.init)[...], as: field, &members, object)
    }
    if type.hasLabels { members["labels"] = ownLabels(object) }
    builder.convert(members, by: conversion, to: address, &item)
  }

  /// The labels without those that only Config Connector reads.
  private func ownLabels(_ object: ConnectorObject) -> JSONValue? {
    object.labels?.object.map { labels in
      .object(
        JSONObject(
          labels.filter { !$0.key.hasPrefix(ConnectorObject.mark) && $0.key != "managed-by-cnrm" }
            .map { ($0.key, $0.value) }))
    }
  }

  /// Replaces a reference below a path by Google's name of its target.
  private func resolve(
    _ path: ArraySlice<String>, as field: String, _ members: inout JSONObject,
    _ object: ConnectorObject
  ) throws(Unconvertible) {
    guard let name = path.first, let value = members[name] else { return }
    guard path.count > 1 else {
      let kind = ConnectorType.targets[name] ?? object.kind
      members[name] = nil
      members[field] = .string(try fullName(value, kind: kind, of: object))
      return
    }
    switch value {
    case .object(var inner):
      try resolve(path.dropFirst(), as: field, &inner, object)
      members[name] = .object(inner)
    case .array(let elements):
      var result: [JSONValue] = []
      for element in elements {
        guard var inner = element.object else {
          result.append(element)
          continue
        }
        try resolve(path.dropFirst(), as: field, &inner, object)
        result.append(.object(inner))
      }
      members[name] = .array(result)
    default: return
    }
  }

  private mutating func readProject(
    _ object: ConnectorObject, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    let address = try address(of: object)
    var members = object.spec
    members["labels"] = ownLabels(object)
    let left = ["folderRef", "organizationRef", "billingAccountRef"].filter { members[$0] != nil }
    if !left.isEmpty || object.annotation("folder-id") != nil
      || object.annotation("organization-id") != nil
    {
      item.note(
        "its parent and billing account are not written, so arctl never creates this project; add `parent` and "
          + "`billingAccount` if it should")
    }
    let conversion = FieldConversion(
      .same, renamed: ["name": "displayName"], ignored: ConnectorType.common.union(left))
    builder.convert(members, by: conversion, to: address, &item)
  }

  private mutating func readService(
    _ object: ConnectorObject, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    let service = object.resourceID
    if let problem = NameRules.service(service) {
      throw Unconvertible("its service `\(ConversionBuilder.shown(service))` \(problem.message)")
    }
    let id = try project(of: object).id
    var rest = FieldConversion(.same, ignored: ConnectorType.common)
    _ = rest.object(object.spec, [])
    for loss in rest.losses { item.lose(loss) }
    builder.name(project: id)
    builder.put(
      ["name": .string("projects/\(id)/services/\(service)"), "state": "ENABLED"],
      at: builder.kinds.service(service, project: id), &item)
  }

  /// A key: its account and, from its status, its id.
  private mutating func readKey(
    _ object: ConnectorObject, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    guard let reference = object.spec["serviceAccountRef"] else {
      throw Unconvertible("`serviceAccountRef` is missing")
    }
    let account = try account(reference, of: object)
    let full = object.status?["name"]?.string ?? object.spec["resourceID"]?.string
    guard let id = full?.split(separator: "/").last.map(String.init) else {
      throw Unconvertible(
        "the id of the key is only in its status: `kubectl get \(ConversionBuilder.shown(object.origin.resource)) -o yaml` "
          + "prints it with that")
    }
    try builder.put(key: id, of: account, &item)
    if object.annotation("create-gsa-key-secret") != "false",
      object.spec["publicKeyData"]?.string == nil
    {
      item.note(
        "the private half of key \(id) is in the Kubernetes Secret of the same name, and is not converted; keep that Secret "
          + "as long as something uses the key")
    }
  }
}
