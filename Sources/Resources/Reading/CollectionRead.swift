import CloudResources
import GoogleCloud
import JSON
import Model

extension APIClient {
  /// A list of valid members. One without a name, of another parent, with a damaged name or repeated, makes the whole
  /// list untrustworthy: the resource that it should have named would look absent.
  func members(of collection: ResourceCollection) async throws(APIError) -> [JSONValue] {
    guard let rest = collection.kind.rest, let items = rest.listItems,
      let call = rest.list(collection)
    else {
      throw APIError(.other, label: "\(collection)", "arctl cannot list resources of this kind")
    }
    let members = try await pages(call, items: items)
    var seen: Set<String> = []
    for member in members {
      guard let id = rest.id(of: member, in: collection) else {
        throw APIError(
          .malformed, label: call.label, "a member of the list belongs to another list")
      }
      if let problem = rest.contradiction(in: member, id: id) {
        throw APIError(.malformed, label: call.label, problem)
      }
      guard seen.insert(rest.normalizedID(id)).inserted else {
        throw APIError(.malformed, label: call.label, "the list holds a member twice")
      }
    }
    return members
  }
}
