package import JSON
package import Model

/// A kind that Google serves: its traits, and how arctl reads and writes its resources. No member has a default.
package protocol CloudKind: ResourceKind {
  /// Its description for the generic calls to Google's REST API.
  var rest: RESTResource { get }

  /// This kind, if its resources hold contents that can be listed.
  var containerKind: (any ContainerKind)? { get }

  /// How `arctl ls` lists its resources; nil if it does not.
  var listForm: ListForm? { get }

  /// The writer for an address of this kind: `ResourceWriter`, or the kind's own writer around it. Nil for an address
  /// of another form, and for a kind whose resources are not written one by one.
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)?
}

/// A kind as this layer sees it.
private struct CloudDetails: KindDetails {
  let kind: any CloudKind
}

extension ResourceKind {
  /// This kind with its calls; nil if Google does not serve it.
  package var cloudKind: (any CloudKind)? { (details as? CloudDetails)?.kind }
}

extension CloudKind {
  /// The kind with its calls.
  package var details: (any KindDetails)? { CloudDetails(kind: self) }
  /// Nil, unless it conforms to the protocol.
  package var containerKind: (any ContainerKind)? { nil }

  /// Google's full name.
  package func fullName(of address: Address) -> String {
    rest.segments(of: address)?.joined(separator: "/") ?? "\(address)"
  }

  /// Reads `x`, `KIND/x`, `KIND/L/x`, `P/KIND/L/x` and the full name; nil for any other form.
  package func read(reference text: String, project: String) -> KindReference? {
    rest.name?.read(text, kind: id, project: project)
  }
}

extension KindID {
  /// The kind's REST description; nil for policies, which are read and written through their resources.
  package var rest: RESTResource? { cloudKind?.rest }

  /// The kind with its calls; nil for policies.
  package var cloudKind: (any CloudKind)? { resource?.cloudKind }

  /// The fields of the kind; none for a policy.
  package var schema: Schema { resource?.schema ?? Schema([]) }
}

extension Address {
  /// The REST description of its kind; nil for a policy.
  package var rest: RESTResource? { kind.rest }

  /// The state that a live value shows.
  package func state(of live: JSONValue) -> ObservedState {
    guard let resource else { return .unknown("an answer of another kind") }
    return resource.deletion.isDeleted(live) ? .softDeleted : resource.state(of: live)
  }

  /// Whether a 404 means that it is absent.
  package var isAbsentAfterNotFound: Bool { resource?.isAbsentAfterNotFound ?? false }

  /// The values that distinguish a live resource from another one of the same name, before this action.
  package func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    resource?.identity(of: live, before: action) ?? [:]
  }

  /// Why a live value cannot be compared with the written fields, as text; nil if it can.
  package func problem(comparing live: JSONValue, written: JSONObject) -> String? {
    guard let resource else { return "arctl does not know this kind" }
    return resource.problem(comparing: live, written: written)
  }
}

/// The writes of one resource. Each reads the live value, checks it against the plan, and writes from the checked
/// value, so that it can be repeated safely.
package protocol ResourceWrites: Sendable {
  /// Creates it with these fields.
  func create(_ spec: JSONObject) async throws -> OperationResult
  /// Sets the written fields.
  func update(_ update: ShownUpdate) async throws -> OperationResult
  /// Deletes the resource that the plan showed.
  ///
  /// - Parameter replacement: the fields of its successor, if there is one.
  func delete(shown: JSONValue, replacement: JSONObject?) async throws -> OperationResult
  /// Undeletes it, and sets the written fields.
  func undelete(
    uid: String?, _ spec: JSONObject, shown: JSONValue
  ) async throws -> OperationResult
}

/// A change of fields, as a plan showed it.
package struct ShownUpdate: Sendable {
  /// The written fields.
  package var spec: JSONObject
  /// The changes that the plan showed.
  package var fields: [FieldChange]
  /// The resource as the plan saw it.
  package var shown: JSONValue
  /// Takes the details that a plan showed of one update.
  package init(spec: JSONObject, fields: [FieldChange], shown: JSONValue) {
    self.spec = spec
    self.fields = fields
    self.shown = shown
  }
}
