package import GoogleCloud
import Grammar
package import JSON
package import Model

/// The calls about resources of a kind, and the checks that answers belong to them.
extension RESTResource {
  /// The label of a call in messages: `iam.roles.get p/role/publisher`.
  package func label(_ verb: String, _ address: Address) -> String {
    "\(permission).\(verb) \(address)"
  }

  /// The path of a resource, or of a custom method on it; nil for an address of another form.
  package func path(of address: Address, verb: String? = nil) -> String? {
    segments(of: address).map { APIPath.join([version] + $0, verb: verb) }
  }

  /// The parts of Google's name of a resource, without the version; nil for an address of another form.
  func segments(of address: Address) -> [String]? {
    name?.filled(project: address.project, names: address.names)
  }

  /// The path of a collection.
  private func path(of collection: ResourceCollection, verb: String? = nil) -> String? {
    name?.collection.filled(project: collection.project, names: collection.parentNames)
      .map { APIPath.join([version] + $0, verb: verb) }
  }

  // MARK: reads

  /// Whether `get` has a call for addresses of this form.
  package func hasName(_ address: Address) -> Bool { name?.nameCount == address.names.count }

  /// The GET of one resource.
  package func get(_ address: Address) -> APICall? {
    path(of: address).map {
      APICall(
        host, method: .get, path: $0, label: label("get", address), consumerProject: address.project
      )
    }
  }

  /// The list of a collection; nil for a kind without lists.
  package func list(_ collection: ResourceCollection) -> APICall? {
    guard let form = listForm, let path = path(of: collection) else { return nil }
    return APICall(
      host, method: .get, path: path, query: form.query + [("pageSize", "\(form.pageSize)")],
      label: "\(permission).list \(collection)", consumerProject: collection.project)
  }

  /// The member of a list's answer with the resources; nil for a kind without lists.
  package var listItems: String? { listForm?.items }

  private var listForm: (items: String, pageSize: Int, query: [(String, String)])? {
    switch grouping {
    case .list(let items, let pageSize, let query): (items, pageSize, query)
    case .batch(_, _, let items, _): inventory.map { (items, $0.pageSize, $0.query) }
    case .alone: nil
    }
  }

  /// The call that reads several named resources of a collection; nil for a kind without such a call.
  package func batch(_ collection: ResourceCollection, ids: [String]) -> APICall? {
    guard case .batch(let verb, let parameter, _, _) = grouping,
      let path = path(of: collection, verb: verb)
    else { return nil }
    let names = ids.compactMap { segments(of: collection.address($0))?.joined(separator: "/") }
    return APICall(
      host, method: .get, path: path, query: names.map { (parameter, $0) },
      label: "\(permission).\(verb) \(collection)", consumerProject: collection.project)
  }

  /// The policy of a resource; nil for a kind without policies.
  package func policyRead(_ resource: Address) -> APICall? {
    guard let policy, let path = policyPath(resource, verb: "getIamPolicy") else { return nil }
    let query = [("options.requestedPolicyVersion", "3")]
    let label = label("getIamPolicy", resource)
    let project = resource.project
    switch policy {
    case .get:
      return APICall(
        host, method: .get, path: path, query: query, label: label, consumerProject: project)
    case .post:
      return APICall(
        host, method: .post, path: path, query: query, label: label, consumerProject: project)
    case .postWithOptions:
      return APICall(
        host, method: .post, path: path, body: ["options": ["requestedPolicyVersion": 3]],
        label: label,
        consumerProject: project)
    }
  }

  // MARK: writes

  /// Replaces the policy of a resource; nil for a kind without policies.
  package func policyWrite(_ resource: Address, _ policy: JSONValue) -> APICall? {
    policyPath(resource, verb: "setIamPolicy").map {
      APICall(
        host, method: .post, path: $0, body: ["policy": policy], retry: .idempotentWrite,
        label: label("setIamPolicy", resource), consumerProject: resource.project)
    }
  }

  func policyPath(_ resource: Address, verb: String) -> String? {
    guard let policy else { return nil }
    let version = if case .postWithOptions(let other) = policy { other } else { version }
    return segments(of: resource).map { APIPath.join([version] + $0, verb: verb) }
  }

  /// Creates a resource with these fields.
  package func create(_ address: Address, _ fields: JSONObject) -> APICall? {
    guard let create, segments(of: address) != nil,
      let path = path(of: ResourceCollection(of: address))
    else { return nil }
    let id = isRoot ? address.project : address.id
    var query: [(String, String)] = []
    var body = fields
    switch create.id {
    case .query(let parameter): query = [(parameter, id)]
    case .member(let member): body[member] = .string(id)
    case .beside(let member, let resource):
      body = [member: .string(id), resource: .object(fields)]
    }
    return APICall(
      host, method: .post, path: path, query: query, body: .object(body), retry: .namedCreate,
      label: label("create", address), consumerProject: isRoot ? nil : address.project)
  }

  /// Whether it is a project, which has no parent project to charge its creation to.
  private var isRoot: Bool { name?.nameCount == 0 }

  /// Changes the fields of a mask.
  package func patch(_ address: Address, _ body: JSONObject, mask: [String]) -> APICall? {
    guard let update, let path = path(of: address) else { return nil }
    let label = label(update.method, address)
    let mask = mask.joined(separator: ",")
    let query: [(String, String)]
    let content: JSONObject
    switch update.mask {
    case .query: (query, content) = ([("updateMask", mask)], body)
    case .body(let resource):
      (query, content) = ([], [resource: .object(body), "updateMask": .string(mask)])
    }
    return APICall(
      host, method: .patch, path: path, query: query, body: .object(content),
      retry: .idempotentWrite,
      label: label, consumerProject: address.project)
  }

  /// Deletes a resource; with the etag that was read, if the API accepts one.
  package func delete(_ address: Address, etag: String?) -> APICall? {
    path(of: address).map {
      APICall(
        host, method: .delete, path: $0, query: etag.map { [("etag", $0)] } ?? [],
        retry: .idempotentWrite,
        label: label("delete", address), consumerProject: address.project)
    }
  }

  /// A custom method on a resource.
  package func method(_ verb: String, on address: Address, body: JSONObject = [:]) -> APICall? {
    path(of: address, verb: verb).map {
      APICall(
        host, method: .post, path: $0, body: .object(body), retry: .idempotentWrite,
        label: label(verb, address), consumerProject: address.project)
    }
  }

  // MARK: answers

  /// Whether an answer is about this resource.
  package func isAbout(_ value: JSONValue, _ address: Address) -> Bool {
    guard isNamed(value, address) else { return false }
    let parts = ResourceNames.parts(of: value["name"]?.string ?? "")
    switch proof {
    case .name: return true
    case .nameAndMember(let member): return value[member]?.string == parts.last.map(String.init)
    case .memberAndNumber:
      return parts.count == 2 && parts[0] == "projects" && ResourceNames.isNumber(parts[1])
    case .impossible: return false
    }
  }

  /// Whether an answer names this resource; the answers of some writes contain little more.
  package func isNamed(_ value: JSONValue, _ address: Address) -> Bool {
    switch proof {
    case .name, .nameAndMember:
      let parts = ResourceNames.parts(of: value["name"]?.string ?? "")
      return name?.matches(parts, project: address.project, names: address.names) ?? false
    case .memberAndNumber(let member): return value[member]?.string == address.project
    case .impossible: return false
    }
  }

  /// The last part of the name of a member of this collection; nil for anything else, and for a damaged name.
  package func id(of member: JSONValue, in collection: ResourceCollection) -> String? {
    let parts = ResourceNames.parts(of: member["name"]?.string ?? "")
    guard let template = name?.collection, let id = parts.last, ResourceNames.isPlainID(id),
      template.matches(
        parts.dropLast(), project: collection.project, names: collection.parentNames)
    else { return nil }
    return String(id)
  }

  /// Why a list member is not the resource of its name; nil if it is.
  package func contradiction(in member: JSONValue, id: String) -> String? {
    switch proof {
    case .nameAndMember(let name) where member[name]?.string != id:
      "`\(name)` of a member of the list contradicts its name"
    case .name, .nameAndMember, .memberAndNumber, .impossible: nil
    }
  }

  /// An id for comparison: e-mails are case-insensitive, all other ids are not.
  package func normalizedID(_ id: String) -> String {
    name?.endsInEmail == true ? id.lowercased() : id
  }

  /// The address of a member of this collection by the last part of its name; an account that Google made has its
  /// e-mail as its id.
  package func address(of id: String, in collection: ResourceCollection) -> Address {
    guard name?.endsInEmail == true else { return collection.address(id) }
    return collection.address(
      AccountEmail.id(in: id, of: collection.project) ?? id.lowercased())
  }

  /// Whether Google made the resource at this address: no manifest needs to declare it.
  package func isGoogles(_ address: Address) -> Bool {
    name?.endsInEmail == true && address.id.contains("@")
  }
}

/// All resources of one kind with the same parent: the repositories of a project in a location.
package struct ResourceCollection: Hashable, Sendable, CustomStringConvertible {
  /// The kind of the resources.
  package let kind: KindID
  /// The project of the resources, direct or not.
  package let project: String
  /// The names in an address of this collection, without the last one.
  package let parentNames: [String]

  /// The collection of a resource.
  package init(of address: Address) {
    kind = address.kind
    project = address.project
    parentNames = Array(address.names.dropLast())
  }

  /// The collection below a project, or below the parent with these names.
  package init(_ kind: KindID, project: String, _ parentNames: [String] = []) {
    self.kind = kind
    self.project = project
    self.parentNames = parentNames
  }

  /// The address of one member.
  package func address(_ id: String) -> Address {
    Address(project: project, kind, names: parentNames + [id])
  }

  /// The project and the names: `my-project-id/us-east4`.
  package var description: String { ([project] + parentNames).joined(separator: "/") }
}
