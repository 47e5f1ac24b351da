package import GoogleCloud
package import Model
import Synchronization

/// The resources that this run created: for these a 404 or a "not enabled" only means delay, and is worth a wait.
package final class RecentWrites: Sendable {
  private struct State {
    var created: Set<Address> = []
    var new: Set<Address> = []
    /// The names of services, by project.
    var enabled: [String: Set<String>] = [:]
    var turns: [Address: Slots] = [:]
  }
  private let state = Mutex(State())
  /// The resources that the plan of this run read.
  let seen: SeenResources
  /// The total wait for resources that the plan read and that some server does not know yet: a minute.
  let wait = SharedWait(atMost: CloudCalls.patience)

  /// An empty memory.
  package init(seen: SeenResources = SeenResources()) { self.seen = seen }

  /// Records a resource that was just created.
  package func recordCreated(_ address: Address) {
    state.withLock { _ = $0.created.insert(address) }
  }

  /// Records services that were just enabled.
  package func recordEnabled(_ services: [String], in project: String) {
    state.withLock { $0.enabled[project, default: []].formUnion(services) }
  }

  /// Records a resource that this run's own create call made: the server answered the call itself, so neither the
  /// resource nor anything in it can have existed before.
  package func recordNew(_ address: Address) {
    state.withLock { _ = $0.new.insert(address) }
  }

  /// Whether this run's own create call made it.
  package func isNew(_ address: Address) -> Bool { state.withLock { $0.new.contains(address) } }

  func created(_ address: Address) -> Bool { state.withLock { $0.created.contains(address) } }

  /// Whether this run has enabled the service.
  package func enabled(_ service: String, in project: String) -> Bool {
    state.withLock { $0.enabled[project]?.contains(service) == true }
  }

  /// A lock for operations on the same resource, which could otherwise mistake each other's changes for their own.
  package func lock(for address: Address) -> Slots {
    state.withLock { state in
      if let slots = state.turns[address] { return slots }
      let slots = Slots(1)
      state.turns[address] = slots
      return slots
    }
  }

  /// The names that errors use for resources of this run, in lower case.
  var createdNames: Set<String> {
    state.withLock { Set($0.created.compactMap(SeenResources.name)) }
  }

  /// The e-mails of the accounts that this run created.
  package var createdAccounts: [String] {
    state.withLock { state in
      state.created.compactMap(\.accountEmail)
    }
  }
}
