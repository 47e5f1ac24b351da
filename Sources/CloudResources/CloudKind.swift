package import JSON
package import Model

/// A kind that Google serves: its traits, and how its resources are read and written. No member has a default.
package protocol CloudKind: ResourceKind {
  /// How a REST API of Google serves it.
  var rest: RESTResource { get }

  /// What writes the resource at an address of this kind: `ResourceWriter`, or a writer of the kind's own around it. Nil for
  /// an address of another form, and for what is not written one by one.
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)?
}

extension CloudKind {
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
  /// How Google serves the kind; nil for policies, which are read and written through the resources that they belong to.
  package var rest: RESTResource? { (resource as? any CloudKind)?.rest }

  /// The fields of the kind; none for a policy.
  package var schema: Schema { resource?.schema ?? Schema([]) }
}

extension Address {
  /// How Google serves its kind; nil for a policy.
  package var rest: RESTResource? { kind.rest }

  /// What a live value says of it.
  package func state(of live: JSONValue) -> ObservedState {
    resource?.state(of: live) ?? .unknown("a response of another kind")
  }

  /// Whether a 404 says that it is absent.
  package var isAbsentAfterNotFound: Bool { resource?.isAbsentAfterNotFound ?? false }

  /// What tells a live value from that of another one of its name, before this is done to it.
  package func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    resource?.identity(of: live, before: action) ?? [:]
  }

  /// What keeps a live value from being compared with the written fields, in words for people; nil where nothing does.
  package func problem(comparing live: JSONValue, written: JSONObject) -> String? {
    guard let resource else { return "arctl does not know this kind" }
    return resource.problem(comparing: live, written: written)
  }
}

/// The writes of one resource. Each reads what is live, checks it against what the plan showed, and writes from that very
/// value, so that a repeat does no harm.
package protocol ResourceWrites: Sendable {
  /// Creates it with these fields.
  func create(_ spec: JSONObject) async throws -> OperationResult
  /// Makes the written fields what they are to be.
  func update(_ update: ShownUpdate) async throws -> OperationResult
  /// Deletes what the plan showed.
  ///
  /// - Parameter replacement: the fields of what takes its place, where something does.
  func delete(shown: JSONValue, replacement: JSONObject?) async throws -> OperationResult
  /// Restores it, and makes the written fields what they are to be.
  func undelete(
    uid: String?, _ spec: JSONObject, shown: JSONValue
  ) async throws -> OperationResult
}

/// A change of fields as a plan showed it.
package struct ShownUpdate: Sendable {
  /// The written fields.
  package var spec: JSONObject
  /// The changes that the plan showed.
  package var fields: [FieldChange]
  /// The resource as the plan saw it.
  package var shown: JSONValue
  /// Takes what a plan showed of one update.
  package init(spec: JSONObject, fields: [FieldChange], shown: JSONValue) {
    self.spec = spec
    self.fields = fields
    self.shown = shown
  }
}
