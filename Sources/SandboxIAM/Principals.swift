/// Members that are not accounts of Google: identities of pools, of resources and of workloads.
enum Principals {
  /// Whether a text that begins with `principal://` or `principalSet://` is a valid member.
  static func isPrincipal(_ text: String) -> Bool {
    let isSingle = text.hasPrefix("principal://")
    let rest = text.dropFirst(isSingle ? "principal://".count : "principalSet://".count)
    guard let slash = rest.firstIndex(of: "/"), !rest.utf8.contains(where: { $0 < 0x20 }) else {
      return false
    }
    let path = rest[slash...]
    let host = rest[..<slash]
    if host == "iam.googleapis.com" { return isOfPool(path, isSingle: isSingle) }
    if host == "cloudresourcemanager.googleapis.com" {
      return !isSingle && below(path)?.wholeMatch(of: /\/type\/[A-Za-z]+(\/.+)?/) != nil
    }
    // A resource of another service, such as Parameter Manager's `uid/locations/...` and `name/locations/...`.
    if host.hasSuffix(".googleapis.com") { return (below(path)?.utf8.count ?? 0) > 1 }
    return isWorkload(host) && path.utf8.count > 1
  }

  /// The part after a project, folder or organization that is named by its number; nil if the path does not begin with
  /// one.
  private static func below(_ path: Substring) -> Substring? {
    path.prefixMatch(of: /\/(projects|folders|organizations)\/[0-9]+(?=\/)/).map {
      path[$0.range.upperBound...]
    }
  }

  /// Whether a path names identities of a workload or workforce identity pool. Pools of GKE and of fleets have dots in
  /// their ids, and kinds of identities of their own.
  private static func isOfPool(_ path: Substring, isSingle: Bool) -> Bool {
    // Google names the project of a pool by its number, never by its id (docs/google-apis.md#members-of-policies).
    let own =
      /\/projects\/[0-9]+\/locations\/global\/workloadIdentityPools\/[a-z0-9-]+(?=\/)/
    let cluster =
      /\/projects\/[0-9]+\/locations\/global\/workloadIdentityPools\/[a-z0-9.:-]+\.(svc|hub)\.id\.goog(?=\/)/
    // A workforce pool has no project in its name.
    let workforce = /\/locations\/global\/workforcePools\/[a-z0-9-]+(?=\/)/
    if let end = path.prefixMatch(of: cluster)?.range.upperBound {
      return isSingle
        ? path[end...].wholeMatch(of: /\/(subject|kubernetes\.serviceaccount\.uid)\/.+/) != nil
        : path[end...].wholeMatch(
          of: /\/(\*|(namespace|kubernetes\.cluster|group)\/.+|attribute\.[A-Za-z0-9_]+\/.+)/)
          != nil
    }
    let range = path.prefixMatch(of: own)?.range ?? path.prefixMatch(of: workforce)?.range
    guard let end = range?.upperBound else { return false }
    return isSingle
      ? path[end...].wholeMatch(of: /\/subject\/.+/) != nil
      : path[end...].wholeMatch(of: /\/(\*|(namespace|group)\/.+|attribute\.[A-Za-z0-9_]+\/.+)/)
        != nil
  }

  /// Whether a host is that of a managed workload identity or an agent, such as
  /// `principal://POOL.global.NUMBER.workload.id.goog/ns/NAMESPACE/sa/NAME`.
  private static func isWorkload(_ host: Substring) -> Bool {
    let forms = /[a-z0-9-]+\.global\.([0-9]+\.workload|(project|org)-[0-9]+\.system)\.id\.goog/
    return host.wholeMatch(of: forms) != nil
  }
}
