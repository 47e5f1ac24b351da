import Crypto
import JSON
package import SandboxStore
package import SandboxWire

/// setIamPolicy: compares the etag, checks the bindings, and stores the policy in Google's form.
package struct PolicyWriter {
  let resource: Resource
  let now: Int64
  /// Whether errors carry `error.errors[0].reason`, as those of the older APIs do
  /// (docs/google-apis.md#bodies-of-errors).
  let isLegacy: Bool
  /// What reads do not show yet.
  let lag: Lag

  /// A write of one resource's policy through an API.
  package init(_ resource: Resource, of api: API, now: Int64, lag: Lag) {
    self.resource = resource
    self.now = now
    isLegacy = api != .artifactRegistry
    self.lag = lag
  }

  /// Replaces the policy and returns what is stored.
  package func write(
    _ incoming: PolicyWire.Incoming, replacingAudits: Bool, in state: inout State
  ) throws(APIError) -> PolicyRecord {
    // Nil before the first write; reads then show `PolicyWire.unsetEtag`.
    let current = state[PolicyRecord.self][resource.path]
    // First: a client that read an old policy learns that, whatever else is wrong with its write. Without an etag the
    // last writer wins.
    if let etag = incoming.etag { try compare(etag, current?.etag ?? PolicyWire.unsetEtag) }
    try checkVersion(incoming, current)
    // Before any work per member: a policy far over the limit is not worth merging.
    // Ten times the limit, because repeated members merge: a policy may be over 1,500 now and under it later.
    if incoming.bindings.reduce(0, { $0 + $1.members.count }) > 15_000 {
      try checkSize(incoming.bindings)
    }
    // Before all comparisons, since the members of the current policy are in this form as well.
    var bindings = try normalized(incoming.bindings)
    for binding in bindings {
      try checkRole(of: binding, against: current, in: state)
      try checkCondition(binding)
    }
    try PolicyMembers(resource: resource, current: current, lag: lag).check(bindings, state)
    try MemberDomains(state.meta.constraints?.allowedMemberDomains, state)
      .check(bindings, addedTo: current?.bindings ?? [])
    // The limits apply to the merged policy, as Google stores it.
    bindings = merged(bindings)
    try checkSize(bindings)
    var record = PolicyRecord(
      resource: resource.path, bindings: bindings,
      auditConfigs: current?.auditConfigs ?? JSONText([]),
      // New after each write, also after one that changes nothing. Other writers then have to read again.
      etag: state.nextEtag())
    // Resource Manager's default mask leaves them as they are (docs/google-apis.md#reading-and-writing-a-policy).
    if replacingAudits { record.auditConfigs = JSONText(incoming.auditConfigs ?? []) }
    state.put(record)
    return record
  }

  /// Throws 409 ABORTED if the policy changed since the client read it.
  private func compare(_ sent: String, _ current: String) throws(APIError) {
    // Compared as bytes: clients encode an etag in either alphabet of base64, with or without padding.
    // A text that is not an etag is the client's error. A conflict would make it retry for ever.
    guard let bytes = ProtoBytes.decode(sent) else {
      throw .badField(
        "policy.etag",
        "Invalid value at 'policy.etag' (TYPE_BYTES), Base64 decoding failed for \"\(sent)\"")
    }
    guard bytes == Base64.decode(current) else {
      throw APIError(
        .aborted,
        "There were concurrent policy changes. Please retry the whole read-modify-write with "
          + "exponential backoff. The request's ETag '\(Self.octal(bytes))' did not match the "
          + "current policy's ETag '\(Self.octal(Base64.decode(current) ?? []))'.",
        reason: isLegacy ? "aborted" : nil)
    }
  }

  /// Bytes as Google's message shows them: in octal (`\007`) outside of printable ASCII.
  private static func octal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      // Quotes and backslashes too, since the message puts the etag in quotes.
      if (0x20..<0x7F).contains(byte), byte != 0x27, byte != 0x5C {
        return String(UnicodeScalar(byte))
      }
      let digits = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }.joined()
  }

  /// Throws if a version below 3 would drop conditions.
  private func checkVersion(
    _ incoming: PolicyWire.Incoming, _ current: PolicyRecord?
  ) throws(APIError) {
    guard incoming.version < 3 else { return }
    if incoming.bindings.contains(where: { $0.condition != nil }) {
      throw .invalid("Policies with conditional role bindings must specify version 3.")
    }
    // Without an etag, Google accepts such a write and the conditions are lost. A client that relies on a refusal must
    // see that here.
    if incoming.etag != nil, current?.bindings.contains(where: { $0.condition != nil }) == true {
      throw .invalid(
        "The policy contains conditional role bindings; changing it must specify version 3.")
    }
  }

  /// The bindings with their members in the form that is stored. Throws for a member that is not valid.
  private func normalized(
    _ bindings: [PolicyRecord.Binding]
  ) throws(APIError) -> [PolicyRecord.Binding] {
    var result: [PolicyRecord.Binding] = []
    for var binding in bindings {
      var members: [String] = []
      for member in binding.members {
        guard let normal = MemberGrammar.normalize(member) else { throw badMember(member) }
        members.append(normal)
      }
      binding.members = members
      result.append(binding)
    }
    return result
  }

  private func badMember(_ member: String) -> APIError {
    // The text is the one in googleapis/google-api-python-client issue 819.
    guard member.contains(":") else {
      return .invalid("Policy members must be of the form \"<type>:<value>\".")
    }
    let type = member.prefix { $0 != ":" }
    let known = ["user", "group", "serviceAccount", "domain", "deleted"].contains(String(type))
    return .invalid(
      known
        ? "Invalid argument: the member \"\(member)\" is not of the form \(type):VALUE that IAM takes."
        : "Invalid argument: the member \"\(member)\" is of an unknown type; write it as "
          + "user:EMAIL, serviceAccount:EMAIL, group:EMAIL or domain:DOMAIN.")
  }

  /// Merges bindings with the same role and condition, sorts members and bindings, and drops empty bindings. Google
  /// returns policies in such a form, so a client must not rely on the order that it sent.
  private func merged(_ bindings: [PolicyRecord.Binding]) -> [PolicyRecord.Binding] {
    struct Key: Hashable {
      let role: String
      let condition: PolicyRecord.Condition?
    }
    var members: [Key: Set<String>] = [:]
    for binding in bindings {
      // The whole condition and the role identify a binding (docs/google-apis.md#reading-and-writing-a-policy).
      members[Key(role: binding.role, condition: binding.condition), default: []]
        .formUnion(binding.members)
    }
    // Sorted at the end: a dictionary has no order, and two reads of a policy must be equal.
    return members.filter { !$0.value.isEmpty }.map {
      PolicyRecord.Binding(
        role: $0.key.role, members: $0.value.sorted(), condition: $0.key.condition)
    }.sorted {
      ($0.role, $0.condition?.title ?? "", $0.condition?.expression ?? "")
        < ($1.role, $1.condition?.title ?? "", $1.condition?.expression ?? "")
    }
  }

  /// Throws if the policy is over Google's limits (docs/google-apis.md#counted-limits): 1,500 members, each occurrence
  /// counted; 250 of them groups.
  private func checkSize(_ bindings: [PolicyRecord.Binding]) throws(APIError) {
    let members = bindings.flatMap(\.members)
    if members.count > 1500 {
      throw .invalid(
        "The number of members in the policy (\(members.count)) is larger than the maximum "
          + "allowed size 1500.")
    }
    // Groups have a limit of their own, within the one above.
    let groups = members.count { $0.hasPrefix("group:") }
    if groups > 250 {
      throw .invalid(
        "The number of groups in the policy (\(groups)) is larger than the maximum allowed size 250."
      )
    }
  }
}

// MARK: - Roles and conditions

extension PolicyWriter {
  /// Throws unless the role exists and can be granted on the resource.
  private func checkRole(
    of binding: PolicyRecord.Binding, against current: PolicyRecord?, in state: State
  ) throws(APIError) {
    let role = binding.role
    if role.isEmpty { throw .invalid("Role name must not be empty.") }
    // A predefined role that exists may still be refused: a repository takes no role of another service.
    if let known = RoleCatalogue.role(role) {
      if known.isGrantable(on: resource.kind) { return }
      throw unsupported(role)
    }
    if role.hasPrefix("organizations/"), isOfOrganization(role, state) { return }
    guard role.hasPrefix("projects/") else { throw unsupported(role) }
    guard let custom = state[RoleRecord.self][role] else { throw unsupported(role) }
    // A custom role can only be granted in its own project.
    guard custom.project == resource.project else { throw unsupported(role) }
    // A binding of a role that was deleted in the meantime can stay; a new one cannot be added.
    let stays = current?.bindings.contains { $0.role == role } ?? false
    if custom.deleteTime != nil && !stays { throw unsupported(role) }
  }

  /// Whether it is a custom role of the organization. The sandbox has no roles of organizations, so it accepts the role,
  /// which then grants nothing.
  private func isOfOrganization(_ role: String, _ state: State) -> Bool {
    guard let match = role.wholeMatch(of: /(organizations\/[0-9]+)\/roles\/[a-zA-Z0-9_.]{3,64}/)
    else { return false }
    let organization = String(match.1)
    if resource.kind == .organization { return resource.path == organization }
    let above = state.containers(above: resource)
    // A project without a parent is in no organization. The organization of a folder may be unknown, so any is accepted.
    guard let top = above.last ?? (resource.kind == .folder ? resource.path : nil) else {
      return false
    }
    return !top.hasPrefix("organizations/") || top == organization
  }

  private func unsupported(_ role: String) -> APIError {
    APIError(
      .invalidArgument, "Role \(role) is not supported for this resource.",
      reason: isLegacy ? "badRequest" : nil)
  }

  /// Throws unless the sandbox can evaluate the expression, or knows that it cannot.
  private func checkExpression(_ expression: String) throws(APIError) {
    let problem: ConditionError
    do throws(ConditionError) {
      _ = try ConditionParser.parse(expression)
      return
    } catch {
      problem = error
    }
    // Only after the parser has failed: what it can read is evaluated.
    if OtherAttributes.areUsed(in: expression) { return }
    throw .badField(
      "policy.bindings.condition.expression",
      "Condition expression compilation failed. Expression: \(expression.prefix(500)). "
        + "Error: \(problem). The sandbox refuses what it cannot evaluate.")
  }

  /// Throws if the condition breaks one of Google's rules: required parts, lengths, and roles and members that take
  /// none (docs/google-apis.md#reading-and-writing-a-policy).
  private func checkCondition(_ binding: PolicyRecord.Binding) throws(APIError) {
    guard let condition = binding.condition else { return }
    // The proto's empty text stands for a missing one, and both parts are required.
    if condition.expression.isEmpty {
      throw .invalid("The condition of role \(binding.role) has no expression.")
    }
    if condition.title.isEmpty {
      throw .invalid("The condition of role \(binding.role) has no title.")
    }
    try checkExpression(condition.expression)
    if condition.title.utf8.count > 100 || condition.description.utf8.count > 256 {
      throw .invalid("The title or the description of a condition is too long (100, 256).")
    }
    if ["roles/owner", "roles/editor", "roles/viewer"].contains(binding.role) {
      throw .invalid("Conditions cannot be set on basic roles: \(binding.role).")
    }
    if binding.members.contains(where: { $0 == "allUsers" || $0 == "allAuthenticatedUsers" }) {
      throw .invalid("Conditions can't be set for allUsers or allAuthenticatedUsers.")
    }
  }
}
