import Grammar
import JSON
import Model

/// The names by which documents of one set refer to each other: as short as they can be, or Google's own.
struct ShortNames {
  /// The place of a document: what its references may leave out.
  struct Referrer {
    var project: String
    var location: String?
  }

  private let kinds: KindSet
  /// The resources that have a document.
  private let declared: Set<Address>
  /// How many resources of a kind and project have an id, in all places.
  private let counts: [Key: Int]

  private struct Key: Hashable {
    var kind: KindID
    var project: String
    var id: String
  }

  /// Whether the documents will be a part of a larger set, in which an id alone may be that of two resources.
  private let isPartOfASet: Bool
  /// The declared resources that give shorthands of members their meaning.
  private let identities: [(address: Address, kind: any IdentityKind)]
  /// The numbers of projects, as far as they are known.
  private let projectNumbers: [String: String]

  init(
    _ declared: Set<Address>, kinds: KindSet, isPartOfASet: Bool = false,
    projectNumbers: [String: String] = [:]
  ) {
    self.declared = declared
    self.projectNumbers = projectNumbers
    identities = declared.sorted().compactMap { address in
      address.resource?.identityKind.map { (address, $0) }
    }
    self.isPartOfASet = isPartOfASet
    self.kinds = kinds
    counts = declared.reduce(into: [:]) {
      $0[Key(kind: $1.kind, project: $1.project, id: $1.id), default: 0] += 1
    }
  }

  func isDeclared(_ address: Address) -> Bool { declared.contains(address) }

  /// A reference in a field, from its full name or any other form; the text itself if it cannot be shorter.
  func reference(_ text: String, kind: KindID, in referrer: Referrer) -> String {
    guard let resource = kind.resource,
      case .full(let address)? = resource.read(reference: text, project: referrer.project),
      let short = short(address, in: referrer)
    else { return text }
    return short
  }

  /// The short name of a declared resource; nil if it has none, or is not declared.
  func short(_ address: Address, in referrer: Referrer) -> String? {
    guard declared.contains(address) else { return nil }
    let isNear = address.project == referrer.project
    let isShort = address.names.count == 1 || !isPartOfASet && isFound(address, from: referrer)
    if isNear, isShort { return address.id }
    return isNear ? address.local : address.description
  }

  /// Whether the last name alone leads to it: in the same location, or by being the only one.
  private func isFound(_ address: Address, from referrer: Referrer) -> Bool {
    if address.resource?.place.isLocation == true, let location = referrer.location {
      return address.names.first == location
    }
    return counts[Key(kind: address.kind, project: address.project, id: address.id)] == 1
  }

  /// A member of a policy: a declared account by its short name, an identity of a declared pool by its shorthand, every other
  /// one as policies have it.
  func member(_ member: String, in project: String) -> String {
    if member.hasPrefix("principal") { return shorthand(of: member, in: project) ?? member }
    let prefix = "serviceAccount:"
    guard member.hasPrefix(prefix),
      let name = AccountName(String(member.dropFirst(prefix.count)), in: project), name.isFull,
      let address = kinds.member(name.id, project: name.project), declared.contains(address)
    else { return member }
    return name.project == project ? prefix + name.id : "\(prefix)\(name.id)@\(name.project)"
  }

  /// The shorthand that stands for exactly this member; nil if there is none.
  private func shorthand(of member: String, in project: String) -> String? {
    for (address, kind) in identities {
      let number = projectNumbers[address.project]
      guard let text = kind.shorthand(of: member, at: address, number: number, in: project),
        case .shorthand(let prefix, let value)? = try? Member(parsing: text),
        let meant = try? kind.member(
          for: MemberShorthand(prefix: prefix, value: value, project: project), of: address,
          with: [:])
      else { continue }
      let live = NumberedMember.resolved(meant, projectNumbers: projectNumbers)
      if meant == member || live == member { return text }
    }
    return nil
  }

  /// A role in a policy: a declared custom role by its short name, every other one as policies have it.
  func role(_ role: String, in project: String) -> String {
    guard case .project(let owner, let id)? = try? RoleName(parsing: role), owner == project,
      let address = kinds.role(id, project: owner), declared.contains(address),
      case .reference? = try? RoleName(parsing: id)
    else { return role }
    return id
  }
}
