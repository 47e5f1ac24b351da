package import CloudResources
import JSON
package import Model

extension Operation {
  /// The permissions that its calls need, with the read that precedes a write of fields or a deletion.
  package var needs: [PermissionNeed] {
    switch action {
    case .create(let spec): address.rest?.needs(creating: address, spec) ?? []
    case .update(let spec, let fields, _): updateNeeds(spec, fields)
    case .delete:
      existing(.delete) { rights in
        // A setting is switched off without a read.
        address.resource?.place.isSetting == true ? rights.delete : rights.get + rights.delete
      }
    case .undelete: existing(.undelete) { $0.undelete }
    case .setPolicy(_, let identities): policyNeeds(identities)
    case .enableServices: covers.flatMap { $0.rest?.needs(creating: $0, [:]) ?? [] }
    case .key(let order, let key): Self.keyNeeds(order, key)
    }
  }

  private func existing(
    _ purpose: PermissionNeed.Purpose, _ texts: (RESTResource.Rights) -> [String]
  ) -> [PermissionNeed] {
    guard let rest = address.rest else { return [] }
    return rest.needs(texts(rest.rights), purpose, of: address)
  }

  /// Only of the fields that differ.
  private func updateNeeds(_ spec: JSONObject, _ fields: [FieldChange]) -> [PermissionNeed] {
    guard let rest = address.rest else { return [] }
    let names = fields.compactMap { change -> String? in
      guard case .field(let name)? = change.path.components.first else { return nil }
      return name
    }
    let differing = JSONObject(names.map { ($0, spec[$0] ?? .null) })
    return rest.needs(rest.rights.get, .change, of: address)
      + rest.needs(updating: address, differing)
  }

  private func policyNeeds(_ identities: [Address]) -> [PermissionNeed] {
    guard let resource = address.policyResource, let rest = resource.rest else { return [] }
    return rest.needs(rest.rights.policyWrite, .change, of: resource)
      + identities.flatMap { $0.rest?.needs(creating: $0, [:]) ?? [] }
  }

  private static func keyNeeds(_ order: KeyAction, _ key: DesiredKey) -> [PermissionNeed] {
    guard let rest = key.address.rest else { return [] }
    switch order {
    case .issue, .reissue, .supersede, .resume:
      return rest.needs(creating: key.address, [:]) + key.storeNeeds
    case .reclaim:
      return rest.needs(["disable"], .change, of: key.address)
        + rest.needs(creating: key.address, [:]) + key.storeNeeds
    case .delete: return rest.needs(rest.rights.delete, .delete, of: key.address)
    case .retire(let step):
      return (step.disable.isEmpty ? [] : rest.needs(["disable"], .change, of: key.address))
        + (step.delete.isEmpty ? [] : rest.needs(rest.rights.delete, .delete, of: key.address))
    // Both change files alone.
    case .importExisting, .removeLeftovers: return []
    }
  }
}

extension DesiredKey {
  /// What storing its private half in Secret Manager takes, on the secret or around it.
  var storeNeeds: [PermissionNeed] {
    guard case .secretManager(let project, _) = remote else { return [] }
    let root = account.project == project ? account.root : nil
    guard let place = store ?? root else { return [] }
    return [
      "secretmanager.secrets.get", "secretmanager.secrets.update", "secretmanager.versions.add",
      "secretmanager.versions.destroy", "secretmanager.versions.list",
    ].map { PermissionNeed($0, on: .resource(place), for: address, .change) }
  }
}
