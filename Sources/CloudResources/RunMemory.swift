package import GoogleCloud
package import Model
import Synchronization

/// What this run itself has made: where a 404 or a "not enabled" is only slowness, and worth waiting for.
package final class RunMemory: Sendable {
  private struct State {
    var created: Set<Address> = []
    var new: Set<Address> = []
    /// The names of services, by project.
    var enabled: [String: Set<String>] = [:]
    var turns: [Address: Slots] = [:]
  }
  private let state = Mutex(State())
  /// What the plan of this run saw.
  let seen: SeenResources
  /// The waits for what was seen and is not known everywhere yet: a minute in all.
  let wait = SharedWait(atMost: CloudCalls.patience)

  /// Nothing is made yet.
  package init(seen: SeenResources = SeenResources()) { self.seen = seen }

  /// Notes what was created just now.
  package func recordCreated(_ address: Address) {
    state.withLock { _ = $0.created.insert(address) }
  }

  /// Notes services that were enabled just now.
  package func recordEnabled(_ services: [String], in project: String) {
    state.withLock { $0.enabled[project, default: []].formUnion(services) }
  }

  /// Notes a resource that this run's own create made: the server answered the call itself, so nothing of the kind can
  /// have been there before, nor anything in it.
  package func recordNew(_ address: Address) {
    state.withLock { _ = $0.new.insert(address) }
  }

  /// Whether this run's own create made it.
  package func isNew(_ address: Address) -> Bool { state.withLock { $0.new.contains(address) } }

  func created(_ address: Address) -> Bool { state.withLock { $0.created.contains(address) } }

  /// Whether this run has enabled the service.
  package func enabled(_ service: String, in project: String) -> Bool {
    state.withLock { $0.enabled[project]?.contains(service) == true }
  }

  /// One turn at a time for what two operations on the same thing would mistake for each other's.
  package func turn(on address: Address) -> Slots {
    state.withLock { state in
      if let slots = state.turns[address] { return slots }
      let slots = Slots(1)
      state.turns[address] = slots
      return slots
    }
  }

  /// How errors name what this run created, in lower case.
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
