import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Artifact Registry v1: the settings that a project has once, or once in each location.
///
/// They are stored and shown; none of them has an effect here.
package enum RegistrySettings: ServedAPI {
  /// The settings that were changed.
  package static let records: [any Record.Type] = [SettingsRecord.self]

  /// A GET and a PATCH for each kind of settings.
  package static let routes: [Route] =
    routes("projectSettings", permission: "projectsettings", of: projectSettings)
    + routes("locations/{location}/projectConfig", permission: "projectconfigs", of: projectConfig)
    + routes("locations/{location}/vpcscConfig", permission: "vpcscconfigs", of: vpcscConfig)

  /// A kind of settings: its message, and what a project has that never changed it.
  private struct Kind: Sendable {
    let message: MessageType
    /// How errors name the message.
    let name: String
    let standard: JSONObject
  }

  private static let projectSettings = Kind(
    message: MessageType([
      "name": .init(type: .string),
      "legacyRedirectionState": .init(
        type: .enumeration(
          EnumType(
            "REDIRECTION_STATE_UNSPECIFIED", "REDIRECTION_FROM_GCR_IO_DISABLED",
            "REDIRECTION_FROM_GCR_IO_ENABLED", "REDIRECTION_FROM_GCR_IO_FINALIZED",
            "REDIRECTION_FROM_GCR_IO_ENABLED_AND_COPYING",
            "REDIRECTION_FROM_GCR_IO_PARTIAL_AND_COPYING"))),
      "pullPercent": .init(type: .int32),
    ]), name: "ProjectSettings",
    standard: ["legacyRedirectionState": "REDIRECTION_FROM_GCR_IO_DISABLED"])

  private static let projectConfig = Kind(
    message: MessageType([
      "name": .init(type: .string), "platformLogsConfig": RepositorySchema.platformLogs,
    ]), name: "ProjectConfig", standard: [:])

  private static let vpcscConfig = Kind(
    message: MessageType([
      "name": .init(type: .string),
      "vpcscPolicy": .init(
        type: .enumeration(EnumType("VPCSC_POLICY_UNSPECIFIED", "DENY", "ALLOW"))),
    ]), name: "VPCSCConfig", standard: ["vpcscPolicy": "DENY"])

  private static func routes(_ path: String, permission: String, of kind: Kind) -> [Route] {
    func route(_ method: HTTPMethod, _ verb: String, run: @escaping Handler) -> Route {
      Route(
        method, "/v1/projects/{project}/\(path)", api: .artifactRegistry,
        access: .permission("artifactregistry.\(permission).\(verb)", on: .project), run: run
      ).answering(kind.message)
    }
    let last = path.split(separator: "/").last.map(String.init) ?? path
    return [
      route(.get, "get") { (call, state) throws(APIError) in
        json(try name(last, call), kind, state)
      },
      route(.patch, "update") { (call, state) throws(APIError) in
        try patch(try name(last, call), kind, call, &state)
      }.taking("updateMask"),
    ]
  }

  /// The resource name of the settings. A location must exist.
  private static func name(_ last: String, _ call: Call) throws(APIError) -> String {
    guard !call["location"].isEmpty else { return "projects/\(call.project)/\(last)" }
    try Locations.check(call)
    return "projects/\(call.project)/locations/\(call["location"])/\(last)"
  }

  private static func patch(
    _ name: String, _ kind: Kind, _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    let old = state[SettingsRecord.self][name]?.fields.value.object ?? kind.standard
    let update = MaskedUpdate(message: kind.message, name: kind.name, constant: ["name"])
    let new = try update.apply(
      mask: call.query["updateMask"], sent: try kind.message.read(call.body.object), to: old)
    if let percent = new["pullPercent"]?.integer, !(0...100).contains(percent) {
      throw .badField("project_settings.pull_percent", "The percentage must be 0 to 100.")
    }
    // "Redirection is enabled, and has been finalized so cannot be reverted" (discovery document).
    let final: JSONValue = "REDIRECTION_FROM_GCR_IO_FINALIZED"
    guard old["legacyRedirectionState"] != final || new["legacyRedirectionState"] == final else {
      throw APIError(.failedPrecondition, "The redirection is finalized and cannot be reverted.")
    }
    state.put(SettingsRecord(name: name, project: call.project, fields: JSONText(.object(new))))
    return json(name, kind, state)
  }

  private static func json(_ name: String, _ kind: Kind, _ state: State) -> JSONValue {
    var object: JSONObject = ["name": .string(name)]
    let fields = state[SettingsRecord.self][name]?.fields.value.object ?? kind.standard
    for (key, value) in fields where key != "name" { object[key] = value }
    return .object(object)
  }
}

/// Settings of Artifact Registry in a project.
struct SettingsRecord: Record {
  /// The resource name, such as `projects/p/projectSettings`.
  let name: String
  /// The id of the project.
  let project: String
  /// In wire form, without the name.
  let fields: JSONText

  static var table: String { "settings" }
  static var lag: LagRule { .hidden }
  var key: String { name }
  var parent: String? { "projects/\(project)" }
  var names: [String] { [] }
}
