import Grammar
import JSON
import Model

extension WorkloadIdentityPoolKind: IdentityKind {
  /// `pool:NAME/...`, with the project of the document if it names none.
  func member(
    for shorthand: MemberShorthand, of address: Address, with spec: JSONObject
  ) throws(Problem) -> String? {
    guard shorthand.prefix == "pool" else { return nil }
    let pool = try MemberShorthands.Pool(parsing: shorthand.value)
    guard pool.name == address.id, (pool.project ?? shorthand.project) == address.project else {
      return nil
    }
    return PoolMembers.member(pool.rest, isSingle: pool.isSingle, of: address)
  }

  func shorthand(of member: String, at address: Address, number: String?, in project: String)
    -> String?
  {
    guard let rest = PoolMembers.rest(of: member, at: address, number: number) else { return nil }
    let text = address.id + (address.project == project ? "" : "@\(address.project)") + "/\(rest)"
    guard let pool = try? MemberShorthands.Pool(parsing: text),
      pool.isSingle == member.hasPrefix("principal://")
    else { return nil }
    return "pool:\(text)"
  }
}

/// The identities of a pool as policies name them, with the project's id in place of its number.
enum PoolMembers {
  static func member(_ rest: String, isSingle: Bool, of pool: Address) -> String {
    "\(isSingle ? "principal" : "principalSet")://\(path(of: pool))/\(rest)"
  }

  static func path(of pool: Address) -> String { path(of: pool, in: pool.project) }

  /// What follows a pool in a member of policies; nil for identities of other pools.
  static func rest(of member: String, at pool: Address, number: String?) -> String? {
    for project in [pool.project, number].compactMap(\.self) {
      for type in ["principal", "principalSet"] {
        let prefix = "\(type)://\(path(of: pool, in: project))/"
        if member.hasPrefix(prefix) { return String(member.dropFirst(prefix.count)) }
      }
    }
    return nil
  }

  private static func path(of pool: Address, in project: String) -> String {
    "iam.googleapis.com/projects/\(project)/locations/global/workloadIdentityPools/\(pool.id)"
  }
}
