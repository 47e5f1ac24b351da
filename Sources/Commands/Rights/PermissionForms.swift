import CloudResources
import JSON
import Model

/// The permissions of a run as JSON.
struct PermissionJSON {
  let table: PermissionTable

  /// The version of this form.
  static let formatVersion: Int64 = 1

  var value: JSONValue {
    [
      "formatVersion": .integer(Self.formatVersion), "verb": .string(table.verb.rawValue),
      "rolesDate": .string(PredefinedRoles.date),
      "projects": .array(table.projects.map(value)), "above": .array(table.above.map(value)),
    ]
  }

  private func value(_ project: PermissionTable.Project) -> JSONValue {
    [
      "project": .string(project.id), "permissions": .array(project.rows.map(value)),
      "undelete": .array(project.undelete.map(value)),
      "roles": .array(project.cover.choices.map(value)),
      "inNoRole": .array(project.cover.uncovered.map(JSONValue.string)),
    ]
  }

  private func value(_ above: PermissionTable.Above) -> JSONValue {
    [
      "resource": .string(above.name),
      "permissions": .array(above.permissions.map(JSONValue.string)),
      "roles": .array(above.cover.choices.map(value)),
      "inNoRole": .array(above.cover.uncovered.map(JSONValue.string)),
    ]
  }

  private func value(_ row: PermissionTable.Row) -> JSONValue {
    [
      "permission": .string(row.permission),
      "on": .array(row.places.map { .string($0.description) }),
    ]
  }

  private func value(_ choice: PredefinedRoles.Choice) -> JSONValue {
    [
      "role": .string(choice.role.name),
      "covers": .array(choice.covered.map(JSONValue.string)),
      "excess": .integer(Int64(choice.excess)), "verified": .bool(!choice.isUnverified),
    ]
  }
}

/// The permissions of a run as manifests: a Role for each project.
struct PermissionManifest {
  let table: PermissionTable

  var text: String {
    let documents = table.projects.map(document)
    return (documents.isEmpty ? [] : [documents.joined(separator: "---\n")] + notes).joined()
  }

  private func document(_ project: PermissionTable.Project) -> String {
    let verb = table.verb.rawValue
    let name = "arctl" + verb.prefix(1).uppercased() + verb.dropFirst()
    // Old projects have a domain in their id, and with it a colon.
    let id = project.id.contains(":") ? "\"\(project.id)\"" : project.id
    return """
      apiVersion: arctl.dev/v1
      kind: Role
      metadata:
        name: \(name)
      spec:
        project: \(id)
        title: arctl \(verb)
        description: What `arctl \(verb)` needs in this project
        stage: ga
        includedPermissions:

      """ + project.rows.map { "    - \($0.permission)\n" }.joined()
  }

  /// What no custom role of a project can hold.
  private var notes: [String] {
    table.above.map { above in
      "# Besides, on \(above.name): \(above.permissions.joined(separator: ", "))\n"
    }
  }
}
