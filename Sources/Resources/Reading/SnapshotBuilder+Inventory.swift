import CloudResources
import GoogleCloud
import Model

/// Services are read by the list of those that are enabled, which also shows the undeclared ones.
///
/// Such a list proves that a service is enabled, and nothing else. A declared service that it does not show as enabled
/// is read by its name, as all are if the list cannot be read. So a name that Google does not know, and a state that
/// arctl does not know, are never taken for disabled.
extension SnapshotBuilder {
  /// Whether a resource must be read by its name, because a list of what exists does not show that it exists.
  func isReadByName(_ address: Address) -> Bool {
    guard let source = plan.sources[address], case .list(let collection) = source,
      collection.kind.rest?.inventory != nil
    else { return false }
    switch outcomes[source] {
    case .success(.list):
      guard let value = listed[source]?[address], problem(address, value) == nil else {
        return true
      }
      return address.state(of: value) != .present
    case .failure(let error): return error.leavesOtherReads
    case .success, nil: return false
    }
  }

  /// The batches of resources that must be read by their names, and the single reads in place of a forbidden batch: one
  /// unknown name makes Google refuse the whole batch.
  func readsByName() -> [Read] {
    let addresses = plan.sources.keys.sorted().filter {
      isReadByName($0) && $0.parent.flatMap(absence(in:)) == nil
    }
    let groups = Dictionary(grouping: addresses, by: ResourceCollection.init)
    let batches = groups.sorted { $0.key.description < $1.key.description }.flatMap {
      Read.batches(of: $0.value.map(\.id), in: $0.key)
    }
    let single = addresses.filter { address in
      named[address].map { $0.isGroup && outcomes.failure($0)?.isPermissionDenied == true } ?? false
    }
    return (batches + single.map(fallback)).filter { outcomes[$0] == nil }
  }

  /// The result of the reads by name.
  func observeByName(_ address: Address) -> Observation<LiveResource> {
    guard let read = named[address] else { return .unreadable(.local("\(address) was not read")) }
    if read.isGroup, outcomes.failure(read)?.isPermissionDenied == true {
      return observeAlone(address, fallback(for: address))
    }
    return observeAlone(address, read)
  }

  /// The batch in which each resource was read; a single read only if there was no larger one.
  static func batches(in outcomes: ReadOutcomes) -> [Address: Read] {
    var named: [Address: Read] = [:]
    for read in outcomes.byRead.keys {
      guard case .batch(let collection, let ids) = read else { continue }
      for address in ids.map(collection.address) where read.isGroup || named[address] == nil {
        named[address] = read
      }
    }
    return named
  }
}
