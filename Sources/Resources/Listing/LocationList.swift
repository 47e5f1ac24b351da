import CloudResources
import GoogleCloud
import JSON
import Model

/// The locations that Google has for a project, or why they are not known.
struct FoundLocations: Sendable {
  /// In order.
  var ids: [String] = []
  /// Why the list could not be read.
  var error: APIError?
}

extension APIClient {
  /// The locations in which a project can have resources of a kind; in order.
  func locations(of kind: KindID, in project: String) async -> FoundLocations {
    guard let call = kind.rest?.locations(of: project) else { return FoundLocations() }
    do throws(APIError) {
      var found: Set<String> = []
      for member in try await pages(call, items: "locations") {
        guard let id = member["locationId"]?.string, ResourceNames.isPlainID(id) else {
          throw APIError(.malformed, label: call.label, "a location has no `locationId`")
        }
        found.insert(id)
      }
      // Google always has some: without any, every resource would look absent.
      guard !found.isEmpty else {
        throw APIError(.malformed, label: call.label, "the list of locations is empty")
      }
      return FoundLocations(ids: found.sorted())
    } catch {
      return FoundLocations(error: error)
    }
  }
}
