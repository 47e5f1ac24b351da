package import GoogleCloud
package import JSON
package import Model

extension RESTResource {
  /// The permissions of the calls about a kind's resources.
  ///
  /// No member has a default, so a kind that does not say what a call needs does not compile. A text without a dot is
  /// the last part of a permission of the kind itself: `get`. Source: docs/google-apis.md#permissions-of-calls.
  package struct Rights: Sendable {
    /// Where Google checks a permission about an existing resource.
    package enum CheckedOn: Sendable {
      /// On the resource, which has a policy of its own.
      case itself
      /// On its parent.
      case parent
    }

    /// A permission that a written field needs beyond those of the write itself.
    package struct FieldRight: Sendable, Hashable {
      /// The permission, in the short form or in full.
      package var permission: String
      /// Google's name of the other resource on which it is checked: a billing account. Nil: like any other write.
      package var on: String?
      /// Checked like any other write unless `on` names another resource.
      package init(_ permission: String, on: String? = nil) {
        self.permission = permission
        self.on = on
      }
    }

    /// Where Google checks a permission about an existing one.
    package var checkedOn: CheckedOn
    /// The GET of one, and a batch of them.
    package var get: [String]
    /// The list of a collection.
    package var list: [String]
    /// The list of the locations in which there may be some; for kinds that are in locations.
    package var locations: [String]
    /// The list of what one contains, before its deletion.
    package var contents: [String]
    /// The read of the fields that another API stores.
    package var foreign: [String]
    /// Its creation, which is checked on the parent.
    package var create: [String]
    /// A change of fields in place.
    package var update: [String]
    /// Its deletion.
    package var delete: [String]
    /// Its return from a deletion.
    package var undelete: [String]
    /// The read of its policy.
    package var policyRead: [String]
    /// The write of its policy.
    package var policyWrite: [String]
    /// What a value of a switched or foreign field needs beyond the write; `isNew`: whether the resource is created.
    package var field: @Sendable (_ name: String, _ value: JSONValue, _ isNew: Bool) -> [FieldRight]
    /// The field that names the folder or organization of a new project; nil for kinds with a parent.
    package var parentField: String?

    /// The permissions of one kind.
    package init(
      checkedOn: CheckedOn, get: [String], list: [String], locations: [String],
      contents: [String], foreign: [String], create: [String], update: [String],
      delete: [String], undelete: [String], policyRead: [String], policyWrite: [String],
      field: @escaping @Sendable (String, JSONValue, Bool) -> [FieldRight], parentField: String?
    ) {
      self.checkedOn = checkedOn
      self.get = get
      self.list = list
      self.locations = locations
      self.contents = contents
      self.foreign = foreign
      self.create = create
      self.update = update
      self.delete = delete
      self.undelete = undelete
      self.policyRead = policyRead
      self.policyWrite = policyWrite
      self.field = field
      self.parentField = parentField
    }

    /// For kinds whose fields need nothing beyond the write.
    package static let noFields: @Sendable (String, JSONValue, Bool) -> [FieldRight] = { _, _, _ in
      []
    }
  }
}

/// A permission that a run needs, and where Google checks it.
package struct PermissionNeed: Sendable, Hashable {
  /// Where Google checks a permission.
  package enum Place: Sendable, Hashable {
    /// On a resource of a project, or on the project.
    case resource(Address)
    /// On something above projects: `folders/123`, `organizations/456`, `billingAccounts/X`.
    case above(String)
  }
  /// What the call does.
  package enum Purpose: Sendable, Hashable {
    case read, create, change, delete, undelete
  }
  /// In full: `artifactregistry.repositories.get`.
  package var permission: String
  /// Where Google checks it.
  package var place: Place
  /// The resource that the call is about; for a policy, the resource that it belongs to.
  package var subject: Address
  /// What the call does.
  package var purpose: Purpose

  /// A permission for one call.
  package init(_ permission: String, on place: Place, for subject: Address, _ purpose: Purpose) {
    self.permission = permission
    self.place = place
    self.subject = subject
    self.purpose = purpose
  }
}

extension RESTResource {
  /// The permissions in these texts of `Rights`, checked on an existing resource or on its parent.
  package func needs(
    _ texts: [String], _ purpose: PermissionNeed.Purpose, of address: Address
  ) -> [PermissionNeed] {
    let place = rights.checkedOn == .itself ? address : address.parent ?? address
    return texts.map {
      PermissionNeed(inFull($0), on: .resource(place), for: address, purpose)
    }
  }

  /// The permissions in these texts for children of a resource: a list of them, or a deletion of any.
  package func needs(
    _ texts: [String], _ purpose: PermissionNeed.Purpose, inside parent: Address
  ) -> [PermissionNeed] {
    texts.map { PermissionNeed(inFull($0), on: .resource(parent), for: parent, purpose) }
  }

  /// The permissions to create a resource with these fields.
  package func needs(creating address: Address, _ spec: JSONObject) -> [PermissionNeed] {
    let place: PermissionNeed.Place? =
      if let parent = address.parent {
        .resource(parent)
      } else {
        rights.parentField.flatMap { spec[$0]?.string }.map { .above($0) }
      }
    let own =
      place.map { place in
        rights.create.map { PermissionNeed(inFull($0), on: place, for: address, .create) }
      } ?? []
    return own + fieldNeeds(address, spec, .create)
  }

  /// The permissions to write these fields of an existing resource: of those that an update takes, and of those that
  /// separate calls set.
  package func needs(updating address: Address, _ fields: JSONObject) -> [PermissionNeed] {
    let separate = switchedFields.union(foreignFields)
    let own = fields.keys.contains { !separate.contains($0) } ? rights.update : []
    return needs(own, .change, of: address) + fieldNeeds(address, fields, .change)
  }

  private func fieldNeeds(
    _ address: Address, _ fields: JSONObject, _ purpose: PermissionNeed.Purpose
  ) -> [PermissionNeed] {
    switchedFields.union(foreignFields).sorted().flatMap { name -> [PermissionNeed] in
      guard let value = fields[name] else { return [] }
      return rights.field(name, value, purpose == .create).flatMap { right -> [PermissionNeed] in
        guard let other = right.on else { return needs([right.permission], purpose, of: address) }
        return [
          PermissionNeed(inFull(right.permission), on: .above(other), for: address, purpose)
        ]
      }
    }
  }

  private func inFull(_ text: String) -> String {
    text.contains(".") ? text : "\(permission).\(text)"
  }

  /// The call that returns those of these permissions that the caller holds on a resource, at most `testedAtOnce`; nil
  /// for a resource without a policy.
  package func permissionTest(_ resource: Address, _ permissions: [String]) -> APICall? {
    policyPath(resource, verb: "testIamPermissions").map {
      APICall(
        host, method: .post, path: $0,
        body: ["permissions": .array(permissions.map(JSONValue.string))], retry: .read,
        label: label("testIamPermissions", resource), consumerProject: resource.project)
    }
  }

  /// The most permissions in one `testIamPermissions` (docs/google-apis.md#permissions-of-calls).
  package static let testedAtOnce = 100
}
