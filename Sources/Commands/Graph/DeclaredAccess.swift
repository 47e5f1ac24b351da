import CloudResources
import Model
import Resources

/// The access that manifests declare, in the form of what is read from live policies.
struct DeclaredAccess {
  private let graph: DesiredGraph

  init(_ graph: DesiredGraph) { self.graph = graph }

  var access: LiveAccess {
    var access = LiveAccess()
    let revoked = Set(graph.stack.revoked.map { PolicyMember.normalized($0.text) })
    access.grants = graph.policies.values.flatMap { policy in
      policy.entries.flatMap { entry in
        entry.members.map { PolicyMember.normalized($0.text) }.filter { !revoked.contains($0) }
          .map { member in
            LiveAccess.PolicyGrant(
              policy.address,
              Grant(role: entry.role, condition: entry.condition, member: member))
          }
      }
    }
    for resource in graph.resources.values where resource.lifecycle.ensure == .present {
      if resource.address.resource?.containerKind?.servesPackages == true {
        access.containers.insert(resource.address)
      }
      guard case .role(let name)? = resource.address.policyName,
        let permissions = resource.address.resource?.permissions(in: resource.spec, live: nil)
      else { continue }
      access.permissions[name] = permissions
    }
    return access
  }
}
