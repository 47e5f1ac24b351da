import CloudResources
public import GoogleCloud
import JSON
public import Model

/// Reads what deletions take along: two requests at most for each resource that a plan deletes or replaces.
///
/// A failure changes no row: the guards do not depend on these reads, and the plan says what is not known.
public struct LossReader: Sendable {
  private let client: APIClient

  /// Reads with this client.
  public init(client: APIClient) { self.client = client }

  /// The losses of each address; policies that a reading already has are not read again.
  public func losses(
    of addresses: [Address], besides snapshot: Snapshot
  ) async -> [Address: DeletionLosses] {
    await withTaskGroup(of: (Address, DeletionLosses).self) { group in
      for address in addresses {
        var known: JSONValue?
        if case .present(let policy)? = snapshot.policies[address.policy] { known = policy }
        group.addTask { [known] in (address, await losses(of: address, policy: known)) }
      }
      var result: [Address: DeletionLosses] = [:]
      for await (address, losses) in group { result[address] = losses }
      return result
    }
  }

  private func losses(of address: Address, policy known: JSONValue?) async -> DeletionLosses {
    var losses = DeletionLosses()
    if let kind = address.resource?.containerKind,
      let list = kind.contentsList(of: address)
    {
      do throws(APIError) {
        losses.contents = kind.contents(in: try await client.pages(list.call, items: list.items))
      } catch {
        losses.problems.append("its contents could not be counted (\(error.cause))")
      }
    }
    if let known {
      losses.policy = known
    } else if let call = ReadCalls.policy(address.policy) {
      do throws(APIError) {
        losses.policy = try await client.call(call)
      } catch {
        losses.problems.append("its policy could not be read (\(error.cause))")
      }
    }
    return losses
  }
}

extension APIError {
  /// The status in a word: `403 PERMISSION_DENIED`.
  fileprivate var cause: String {
    let parts = [httpStatus.map(String.init), status].compactMap(\.self)
    return parts.isEmpty ? "no answer" : parts.joined(separator: " ")
  }
}
