import Diagnostics
import Grammar
import JSON
import Model

/// Collects an estate, and decides what two things of the other tool mean for one resource or policy.
struct ConversionBuilder {
  let kinds: KindSet
  private(set) var conversion = Conversion()
  /// Ids of projects by their numbers.
  private var projectIDs: [String: String] = [:]
  /// The name of the item that each resource comes from.
  private var sources: [Address: String] = [:]
  /// Grants by policy, role and condition.
  private var grants: [Address: [GrantKey: EstateGrant]] = [:]
  /// Roles of a policy that have a member that cannot be written: an exclusive grant would remove it.
  private var unsafeRoles: [Address: Set<String>] = [:]

  private struct GrantKey: Hashable {
    var role: String
    var condition: PolicyCondition?
  }

  init(_ kinds: KindSet) { self.kinds = kinds }

  // MARK: projects

  /// Remembers that a number is that of a project.
  mutating func know(project id: String, number: String) {
    guard NameRules.projectID(id) == nil, NameRules.projectNumber(number) == nil else { return }
    projectIDs[number] = id
    conversion.estate.projectNumbers[id] = number
  }

  /// The id of a project, from `ID`, a known `NUMBER`, or either after `projects/`. Throws what is wrong with another text.
  func projectID(_ text: String) throws(Unconvertible) -> String {
    let name = text.hasPrefix("projects/") ? String(text.dropFirst("projects/".count)) : text
    if let known = projectIDs[name] { return known }
    if NameRules.projectNumber(name) == nil {
      throw Unconvertible(
        "only the number of its project is known, `\(name)`; arctl needs the id, which the input does not show"
      )
    }
    if let problem = NameRules.projectID(name) {
      throw Unconvertible("its project `\(Self.shown(name))` \(problem.message)")
    }
    return name
  }

  /// A full Google name with the id of its project, if it has a number that is known.
  func withProjectID(_ name: String) -> String {
    let parts = name.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "projects", let id = projectIDs[String(parts[1])] else {
      return name
    }
    return "projects/\(id)/\(parts[2])"
  }

  // MARK: resources

  /// The address in a full Google name of this kind. Throws if the name has another form.
  func address(_ fullName: String, _ kind: any ResourceKind) throws(Unconvertible) -> Address {
    let name = withProjectID(fullName)
    guard case .full(let address)? = kind.read(reference: name, project: "") else {
      throw Unconvertible("arctl cannot address `\(Self.shown(name))`")
    }
    _ = try projectID(address.project)
    if let last = address.names.last, let problem = kind.problem(withName: last) {
      throw Unconvertible("its name `\(Self.shown(last))` \(problem.message)")
    }
    if kind.place.isLocation, let location = address.names.first,
      let problem = NameRules.location(location)
    {
      throw Unconvertible("its location `\(Self.shown(location))` \(problem.message)")
    }
    return address
  }

  /// Adds a resource. Of two for one address, the first stays.
  mutating func put(_ spec: JSONObject, at address: Address, _ item: inout ConvertedItem) {
    item.address = address
    guard let other = sources[address], let known = conversion.estate.resources[address] else {
      sources[address] = item.name
      conversion.estate.resources[address] = .object(spec)
      return
    }
    let name = Self.shown(other)
    if known == .object(spec) {
      item.note("it is the same resource as \(name), and written once")
    } else {
      let fields = differences(known.object ?? [:], spec).joined(separator: ", ")
      item.lose(
        "\(name) is the same resource with other values (\(fields)); those of \(name) are written")
    }
  }

  private func differences(_ one: JSONObject, _ other: JSONObject) -> [String] {
    Set(one.keys + other.keys).filter { one[$0] != other[$0] }.sorted().map { "`\($0)`" }
  }

  /// Sets what a plan may do to a resource.
  mutating func protect(_ address: Address) {
    conversion.estate.lifecycles[address, default: Lifecycle()].protect = true
  }

  /// Declares that a project exists.
  mutating func name(project id: String) {
    let address = kinds.project(id)
    if conversion.estate.resources[address] == nil {
      conversion.estate.resources[address] = .object([:])
    }
  }

  /// Adds a key that the other tool made, as a declaration that it exists. Its address ends in Google's id.
  mutating func put(
    key id: String, of account: Address, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    guard let kind = kinds.credential(of: account.kind), let resource = kind.resource else {
      throw Unconvertible("arctl has no kind for keys")
    }
    guard case .string(let rule)? = resource.schema["keyId"]?.type, rule.check?(id) == nil else {
      throw Unconvertible("its id is not one of Google's")
    }
    put([:], at: Address(project: account.project, kind, names: account.names + [id]), &item)
  }

  /// Adds a finished item. What was lost, and what is marked so, becomes a comment of its document.
  mutating func add(_ item: ConvertedItem, comments: Bool = true) {
    conversion.items.append(item)
    guard comments, let address = item.address, item.skipped == nil else { return }
    for note in item.notes where note.isLoss {
      comment("\(Self.shown(item.name)): \(note.text).", on: address)
    }
  }

  /// Adds a sentence above the document of a resource, or above the grants of a policy.
  mutating func comment(_ text: String, on address: Address) {
    guard conversion.estate.notes[address]?.contains(text) != true else { return }
    conversion.estate.notes[address, default: []].append(text)
  }

  mutating func remark(_ text: String) { conversion.remarks.append(text) }

  mutating func countForeign(_ name: String) {
    conversion.foreign[String(name.prefix(200)), default: 0] += 1
  }

  /// Why a version of a secret is skipped.
  static let valueOfSecret =
    "it holds the value of a secret: values stay in Secret Manager, and no manifest has one"

  /// A text of the input as it may be printed: on one line, not endless.
  static func shown(_ text: String) -> String {
    let limit = 200
    let cut = text.unicodeScalars.count > limit
    return escapedForTerminal(cut ? String(text.unicodeScalars.prefix(limit)) + "..." : text)
  }
}

/// Why something is not converted: a sentence without a full stop, safe to print.
struct Unconvertible: Error, Hashable {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

// MARK: grants

extension ConversionBuilder {
  /// Adds the grant of a role on the policy of a resource. Throws for a text that is not the name of a role.
  mutating func grant(
    _ role: String, _ condition: PolicyCondition?, to members: [String],
    _ exclusivity: EstateGrant.Exclusivity, on policy: Address, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    let role = try acceptable(role: role)
    item.address = policy
    let accepted = acceptable(members, role, policy, &item)
    item.parts += ["\(policy) \(role)"] + accepted.map { "\(policy) \(role) \($0)" }
    if accepted.isEmpty, exclusivity == .additive { return }
    let key = GrantKey(role: role, condition: condition)
    guard var known = grants[policy]?[key] else {
      grants[policy, default: [:]][key] = EstateGrant(
        role: role, condition: condition, members: accepted, exclusivity: exclusivity)
      return
    }
    if known.exclusivity != exclusivity {
      item.note(
        "`\(role)` has members from several places, and one of them owns the role: only all of these members may hold it"
      )
    } else if exclusivity != .additive, Set(known.members) != Set(accepted) {
      item.lose(
        "`\(role)` has two owners with other members; the members of both are written")
    }
    known.members += accepted.filter { !known.members.contains($0) }
    known.exclusivity = known.exclusivity.stronger(exclusivity)
    grants[policy]?[key] = known
  }

  /// Keeps a role from being exclusive, since a member of it is not known.
  mutating func keepOpen(_ role: String, on policy: Address) {
    unsafeRoles[policy, default: []].insert(role)
  }

  private func acceptable(role: String) throws(Unconvertible) -> String {
    switch try? RoleName(parsing: role) {
    case .predefined?, .organization?: return role
    case .project(let project, let id)?:
      return "projects/\((try? projectID(project)) ?? project)/roles/\(id)"
    case .reference?, nil:
      throw Unconvertible("`\(Self.shown(role))` is not the name of a role")
    }
  }

  /// The members that a manifest can grant a role to, in normal form.
  private mutating func acceptable(
    _ members: [String], _ role: String, _ policy: Address, _ item: inout ConvertedItem
  ) -> [String] {
    var result: [String] = []
    for member in members {
      switch try? Member(parsing: member) {
      case .policy(let text)?, .numbered(let text, _)?:
        let form = PolicyMember.normalized(text)
        if !result.contains(form) { result.append(form) }
      case .deleted?:
        item.note("`\(Self.shown(member))` is deleted, so no manifest can name it")
        comment("\(Self.shown(member)) still has \(role).", on: policy)
      case .account?, .serviceAgent?, .shorthand?, nil:
        keepOpen(role, on: policy)
        item.lose("`\(Self.shown(member))` is not a member that arctl knows")
      }
    }
    return result
  }

  /// The conversion with its grants. A role is exclusive as a whole or not at all.
  mutating func finished() -> Conversion {
    for (policy, keyed) in grants {
      var levels: [String: EstateGrant.Exclusivity] = [:]
      for (key, grant) in keyed where grant.exclusivity == .role { levels[key.role] = .role }
      for role in unsafeRoles[policy] ?? [] { levels[role] = .additive }
      conversion.estate.grants[policy] = keyed.values.map { grant in
        var grant = grant
        if let level = levels[grant.role] { grant.exclusivity = level }
        return grant
      }.filter { !$0.members.isEmpty || $0.exclusivity != .additive }.sorted(by: Self.isBefore)
      for role in unsafeRoles[policy, default: []].sorted() {
        guard keyed.contains(where: { $0.key.role == role && $0.value.exclusivity != .additive })
        else { continue }
        comment(
          "`\(role)` is not exclusive here, since not all of its members could be converted.",
          on: policy)
      }
    }
    return conversion
  }

  private static func isBefore(_ left: EstateGrant, _ right: EstateGrant) -> Bool {
    if left.role != right.role { return left.role < right.role }
    switch (left.condition, right.condition) {
    case (nil, _?): return true
    case (let left?, let right?): return left < right
    default: return false
    }
  }
}

extension EstateGrant.Exclusivity {
  /// The one of both that leaves less to others.
  fileprivate func stronger(_ other: Self) -> Self {
    switch (self, other) {
    case (.role, _), (_, .role): .role
    case (.condition, _), (_, .condition): .condition
    default: .additive
    }
  }
}
