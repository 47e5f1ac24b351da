import JSON
import SandboxCalls
package import SandboxIAM
package import SandboxStore
package import SandboxWire

/// What both versions of Resource Manager have in common.
package enum ProjectRules {
  /// Refuses malformed project ids (docs/google-apis.md#project-ids).
  package static func checkID(_ id: String) throws(APIError) {
    guard id.wholeMatch(of: /[a-z][a-z0-9-]{4,28}[a-z0-9]/) != nil else {
      throw .badField(
        "project_id",
        "Invalid project ID \"\(id)\": 6 to 30 lower-case letters, digits or hyphens, starting "
          + "with a letter and not ending with a hyphen.")
    }
  }

  /// Refuses malformed display names.
  static func checkDisplayName(_ name: String) throws(APIError) {
    guard name.wholeMatch(of: /[A-Za-z0-9'" !-]{4,30}/) != nil else {
      throw .badField(
        "display_name",
        "Invalid display name \"\(name)\": 4 to 30 letters, digits, hyphens, quotes, spaces or "
          + "exclamation points.")
    }
  }

  /// Refuses labels that break Google's rules (docs/google-apis.md#labels).
  static func checkLabels(_ labels: [String: String], maximum: Int) throws(APIError) {
    guard labels.count <= maximum else {
      throw .badField("labels", "A project can have at most \(maximum) labels.")
    }
    for (key, value) in labels {
      guard key.wholeMatch(of: /[a-z][a-z0-9_-]{0,62}/) != nil else {
        throw .badField("labels", "Invalid label key \"\(key)\".")
      }
      guard value.wholeMatch(of: /[a-z0-9_-]{0,63}/) != nil else {
        throw .badField("labels", "Invalid value \"\(value)\" of label \"\(key)\".")
      }
    }
  }

  /// Refuses a parent that is neither `folders/1` nor `organizations/1`. The sandbox accepts every folder and
  /// organization.
  static func checkParent(_ parent: String) throws(APIError) {
    guard parent.wholeMatch(of: /(folders|organizations)\/[0-9]+/) != nil else {
      throw .badField("parent", "Invalid parent \"\(parent)\".")
    }
  }

  /// Creates a project with the initial services, owned by the member `owner`.
  package static func create(
    id: String, displayName: String, parent: String?, labels: [String: String], owner: String,
    now: Int64, in state: inout State
  ) -> ProjectRecord {
    var project = ProjectRecord(
      id: id, number: state.nextNumber(), displayName: displayName, parent: parent, labels: labels,
      createTime: now, updateTime: now)
    project.services = ServiceCatalogue.enabledAtCreation
    state.put(project)
    let binding = PolicyRecord.Binding(
      role: "roles/owner", members: [owner], condition: nil)
    state.put(
      PolicyRecord(
        resource: Resource.project(id).path, bindings: [binding], etag: state.nextEtag()))
    return project
  }

  /// Creates a project for a caller. Checks it, and that the caller may create projects in the parent. Without a parent
  /// only the owner may.
  static func create(
    _ call: Call, id: String, displayName: String?, parent: String?, labels: [String: String],
    maximumLabels: Int, in state: inout State
  ) throws(APIError) -> ProjectRecord {
    try checkID(id)
    let name = displayName.flatMap { $0.isEmpty ? nil : $0 } ?? id
    try checkDisplayName(name)
    try checkLabels(labels, maximum: maximumLabels)
    if let parent { try checkParent(parent) }
    let permission = "resourcemanager.projects.create"
    guard let caller = call.caller,
      caller.isOwner
        || parent.map({
          AccessCheck.allows(
            caller, permission: permission, on: .container($0), in: state, now: call.now)
        }) == true
    else {
      throw APIError(
        .permissionDenied,
        "Permission 'resourcemanager.projects.create' denied on resource (or it may not exist).",
        details: [
          APIError.errorInfo(
            "IAM_PERMISSION_DENIED", domain: "iam.googleapis.com",
            ["permission": "resourcemanager.projects.create", "resource": .string(parent ?? "")])
        ])
    }
    guard state[ProjectRecord.self][id] == nil else {
      throw APIError(.alreadyExists, "Requested entity already exists", reason: "alreadyExists")
    }
    return create(
      id: id, displayName: name, parent: parent, labels: labels, owner: caller.member,
      now: call.now,
      in: &state)
  }

  /// The project in the path, which must be active.
  static func active(_ call: Call, _ state: State) throws(APIError) -> ProjectRecord {
    let project = try present(call, state)
    guard project.deleteTime == nil else {
      throw APIError(
        .failedPrecondition, "Project \(project.id) is not active: its deletion was requested.",
        reason: "failedPrecondition")
    }
    return project
  }

  /// The project in the path, deleted or not.
  static func present(_ call: Call, _ state: State) throws(APIError) -> ProjectRecord {
    guard let project = state.project(call.project) else {
      throw APIError(.permissionDenied, "The caller does not have permission")
    }
    return project
  }

  /// Stores a change with its time and revision.
  static func save(
    _ project: ProjectRecord, for call: Call, in state: inout State
  ) -> ProjectRecord {
    var project = project
    project.updateTime = call.now
    project.revision += 1
    state.put(project)
    return project
  }

  /// Marks a project for deletion.
  static func delete(_ call: Call, _ state: inout State) throws(APIError) -> ProjectRecord {
    var project = try active(call, state)
    guard project.id != OwnerAccount.project else {
      throw APIError(.failedPrecondition, "The sandbox needs its own project \(project.id).")
    }
    project.deleteTime = call.now
    return save(project, for: call, in: &state)
  }

  /// Restores a project that is marked for deletion.
  static func undelete(_ call: Call, _ state: inout State) throws(APIError) -> ProjectRecord {
    var project = try present(call, state)
    guard project.deleteTime != nil else {
      throw APIError(
        .failedPrecondition, "Project \(project.id) is active: there is nothing to undelete.",
        reason: "failedPrecondition")
    }
    project.deleteTime = nil
    return save(project, for: call, in: &state)
  }

  /// The projects that the caller can see, by id. The sandbox's own project is in no list, since no real account sees it.
  static func visible(_ call: Call, _ state: State) -> [ProjectRecord] {
    guard let caller = call.caller else { return [] }
    return state[ProjectRecord.self].rows.values.filter {
      !$0.isPurged(now: call.now) && $0.id != OwnerAccount.project
        && AccessCheck.allows(
          caller, permission: "resourcemanager.projects.get", on: .project($0.id), in: state,
          now: call.now)
    }.sorted { $0.id < $1.id }
  }
}
