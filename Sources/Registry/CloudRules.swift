public import JSON
public import Model

/// What the planner asks about Google's kinds, answered from their schemas and tables.
public struct CloudRules: PlanRules {
  public init() {}

  public var limits: PlanLimits { CloudLimits.all }

  public func schema(for kind: Address.Kind) -> Schema? { Kinds.of(kind)?.schema }

  /// The order of a plan's rows: what others stand in comes first.
  public func rank(of kind: Address.Kind) -> Int {
    switch kind {
    case .project: 0
    case .service: 1
    case .role: 2
    case .serviceAccount: 3
    case .repository: 4
    case .iam: 5
    case .serviceAccountKey: 6
    }
  }

  public func canBeMadeAgain(_ kind: Address.Kind) -> Bool {
    Kinds.of(kind)?.canBeMadeAgain ?? false
  }

  public func prepare(
    _ spec: JSONObject, kind: Address.Kind, live: JSONValue?
  ) -> (spec: JSONObject, remarks: [Statement]) {
    switch kind {
    case .repository: CleanupGuard.prepare(spec, live: live)
    case .project, .service, .role, .serviceAccount, .serviceAccountKey, .iam: (spec, [])
    }
  }

  public func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    switch change.address.kind {
    case .repository: CleanupGuard.hazards(of: change, spec: spec, live: live)
    case .role: roleHazards(change, spec, live)
    case .project, .service, .serviceAccount, .serviceAccountKey, .iam: []
    }
  }

  /// A custom role that holds or gains a dangerous permission is dangerous before anybody holds it.
  ///
  /// One that is brought back or switched on again (`stage`) gives what it held to those who hold it.
  private func roleHazards(
    _ change: Change, _ spec: JSONObject, _ live: JSONValue?
  ) -> [Hazard] {
    let isGain = change.fields.contains {
      $0.path.description.hasPrefix("includedPermissions")
        || $0.path.description == "stage" && $0.from == "DISABLED"
    }
    guard change.action == .undelete || change.action != .delete && isGain else { return [] }
    let written = spec["includedPermissions"] ?? live?["includedPermissions"]
    let permissions = (written?.array ?? []).compactMap(\.string)
    let dangerous = permissions.filter(PrivilegedGrants.isPrivileged).sorted()
    return dangerous.isEmpty
      ? []
      : [
        Hazard(
          .privileged,
          Statement(
            "privileged.role",
            "the role would hold \(dangerous.map { "`\($0)`" }.joined(separator: ", "))"))
      ]
  }

  public func hazards(
    granting role: String, to member: String, permissions: [String]?
  ) -> [Hazard] {
    var hazards: [Hazard] = []
    if let reason = PrivilegedGrants.reason(role: role, permissions: permissions) {
      hazards.append(Hazard(.privileged, reason))
    }
    if let reason = PublicMembers.reason(member) {
      hazards.append(Hazard(.publicGrant, reason))
    }
    return hazards
  }

  public func allowsSettingPolicies(_ role: String) -> Bool {
    PrivilegedGrants.allowsSettingPolicies(role)
  }

  public func isServiceAgent(_ member: String, projectNumber: String?) -> Bool {
    ServiceAgents.isAgent(member, projectNumber: projectNumber)
  }

  public func resolveServiceAgent(
    _ member: String, projectNumbers: [String: String]
  ) -> String? {
    let parts = member.dropFirst("serviceAgent:".count).split(separator: "@", maxSplits: 1)
    guard parts.count == 2, let number = projectNumbers[String(parts[1])] else { return nil }
    return ServiceAgents.email(of: String(parts[0]), projectNumber: number).map {
      "serviceAccount:\($0)"
    }
  }

  /// Labels that other managers put on what they own.
  private static let managers = [
    "goog-terraform-provisioned": "Terraform", "managed-by-cnrm": "Config Connector",
  ]
  public func otherManager(of live: JSONValue) -> String? {
    Self.managers.sorted { $0.key < $1.key }
      .first { live["labels"]?[$0.key]?.string == "true" }?.value
  }

  public func contents(of live: JSONValue, kind: Address.Kind) -> String? {
    switch kind {
    case .repository:
      guard let size = live["sizeBytes"]?.string.flatMap(Int64.init), size > 0 else { return nil }
      return "\(Self.bytes(size)) of packages"
    case .project, .service, .role, .serviceAccount, .serviceAccountKey, .iam: return nil
    }
  }

  public func identity(
    of live: JSONValue, kind: Address.Kind, before action: Change.Action
  ) -> JSONObject {
    LiveIdentity.of(live, kind: kind, before: action)
  }

  public func advice(onDeleting live: JSONValue, kind: Address.Kind) -> Statement? {
    switch kind {
    case .serviceAccount:
      guard live["disabled"]?.bool != true else { return nil }
      return Statement(
        "disable-first",
        "it is still enabled: set `disabled: true` first, and delete it once nobody misses it")
    case .project, .service, .role, .repository, .serviceAccountKey, .iam: return nil
    }
  }

  /// `312 GB`: decimal units, three digits at most.
  static func bytes(_ count: Int64) -> String {
    var value = Double(count)
    for unit in ["bytes", "kB", "MB", "GB", "TB"] {
      if value < 1000 || unit == "TB" {
        let rounded = value < 10 && unit != "bytes" ? (value * 10).rounded() / 10 : value.rounded()
        let text = rounded == rounded.rounded() ? "\(Int64(rounded))" : "\(rounded)"
        return "\(text) \(unit)"
      }
      value /= 1000
    }
    return "\(count) bytes"
  }

  public func policyName(of address: Address) -> PolicyName? {
    switch address.kind {
    case .serviceAccount:
      .member("serviceAccount:\(AccountEmail(id: address.id, project: address.project))")
    case .role: .role("projects/\(address.project)/roles/\(address.id)")
    case .project, .service, .repository, .serviceAccountKey, .iam: nil
    }
  }
}
