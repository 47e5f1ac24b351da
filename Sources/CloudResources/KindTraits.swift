package import JSON
package import Model
import Registry

/// What reads and writes ask of a kind beyond its REST resource: answered by the kind, or by a `switch` that is exhaustive,
/// so that a new kind answers all of it or does not compile.
package enum KindTraits {
  /// What a live value says of its resource.
  package enum State: Sendable, Hashable {
    /// It is there.
    case present
    /// It is deleted, and can still be restored.
    case softDeleted
    /// It answers, and is not there: a service that is off.
    case absent
    /// It is in a state that arctl does not know; a sentence about it, to follow its address.
    case unknown(String)
  }

  /// The state that a live value of this kind is in.
  package static func state(of live: JSONValue, kind: Address.Kind) -> State {
    guard let deletion = Kinds.of(kind)?.deletion else {
      return .unknown("an answer of another kind")
    }
    if deletion.isDeleted(live) { return .softDeleted }
    let state = live["state"]?.string ?? ""
    switch kind {
    case .repository, .serviceAccount, .role: return .present
    case .project:
      return state == "ACTIVE"
        ? .present : .unknown("its state is `\(state)`, which arctl does not know")
    case .service:
      switch state {
      case "ENABLED": return .present
      case "DISABLED": return .absent
      default: return .unknown("its state is `\(state)`, which is not known")
      }
    case .serviceAccountKey, .iam: return .unknown("an answer of another kind")
    }
  }

  /// Whether a 404 says that one is absent. Of a service it may say that Google has none of this name.
  package static func isAbsentAfterNotFound(_ kind: Address.Kind) -> Bool {
    switch kind {
    case .service: false
    case .project, .role, .serviceAccount, .repository, .serviceAccountKey, .iam: true
    }
  }

  /// What resources of a kind are in; nil for policies.
  package static func place(of kind: Address.Kind) -> Place? { Kinds.of(kind)?.place }

  /// What a resource is in, and cannot be there without; nil for a project.
  package static func parent(of address: Address) -> Address? {
    if address.isPolicy { return address.policyResource }
    switch place(of: address.kind) {
    case .setting, .project, .location: return Address(project: address.project, .project)
    case .child(let kind, _):
      return Address(project: address.project, kind, names: Array(address.names.dropLast()))
    case .root, nil: return nil
    }
  }

  /// Whether policies name this resource, so that its grants go before it does.
  package static func isNamedInPolicies(_ address: Address) -> Bool {
    Kinds.catalog.policyName(of: address) != nil
  }

  /// Whether errors about other resources name those of this kind: `Role projects/p/roles/x does not exist`.
  static func isNamedInErrors(_ kind: Address.Kind) -> Bool {
    switch kind {
    case .serviceAccount, .role, .repository: true
    case .project, .service, .serviceAccountKey, .iam: false
    }
  }

  /// Whether the answers of this kind name the project by its number: `projects/123/services/iam.googleapis.com`.
  package static func namesProjectNumber(_ kind: Address.Kind) -> Bool {
    switch kind {
    case .service: true
    case .project, .role, .serviceAccount, .repository, .serviceAccountKey, .iam: false
    }
  }

  /// Whether resources of this kind are listed before their project is deleted, to name what goes with it.
  package static func isListedBeforeItsProjectGoes(_ kind: Address.Kind) -> Bool {
    switch kind {
    case .serviceAccount, .repository: true
    case .project, .service, .role, .serviceAccountKey, .iam: false
    }
  }

  /// Whether resources of this kind have keys: what answers about keys shows that the resource is there.
  package static func hasKeys(_ kind: Address.Kind) -> Bool {
    switch kind {
    case .serviceAccount: true
    case .project, .service, .role, .repository, .serviceAccountKey, .iam: false
    }
  }

  /// Whether something new can have the id of what was just deleted.
  package static func isIDReusable(_ kind: Address.Kind) -> Bool {
    Kinds.of(kind)?.deletion.idIsReusable ?? false
  }

  /// Whether one is created instead where Google refuses to undelete it because it is too late.
  package static func isCreatedWhenUndeletedTooLate(_ kind: Address.Kind) -> Bool {
    Kinds.of(kind)?.deletion.returning?.orCreate ?? false
  }

  /// The fields of a kind; none for one that has none.
  package static func schema(of kind: Address.Kind) -> Schema {
    Kinds.of(kind)?.schema ?? Schema([])
  }

  /// What tells a live resource from another one of its name, before this is done to it.
  package static func identity(
    of live: JSONValue, kind: Address.Kind, before action: Change.Action
  ) -> JSONObject {
    Kinds.of(kind)?.identity(of: live, before: action) ?? [:]
  }

  /// Whether what tells one from another of its name is what it consists of, which an update changes.
  package static func isIdentifiedByContent(_ live: JSONValue, kind: Address.Kind) -> Bool {
    identity(of: live, kind: kind, before: .update).isEmpty
  }

  /// What deleting a live resource destroys besides itself, in words for people.
  package static func contents(of live: JSONValue, kind: Address.Kind) -> String? {
    Kinds.of(kind)?.contents(of: live)
  }

  /// What keeps a live value from being compared with the written fields, in words for people.
  package static func problem(
    in live: JSONValue, kind: Address.Kind, written: JSONObject
  ) -> String? {
    LiveShape.problem(in: live, kind: kind, written: written)
  }
}

extension Address {
  /// The address and what it is in, from the inside to the project.
  package var lineage: [Address] {
    Array(sequence(first: self) { KindTraits.parent(of: $0) })
  }
}
