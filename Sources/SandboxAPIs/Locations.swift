import HTTP
import JSON
package import SandboxCalls
package import SandboxStore
import SandboxWire

/// The locations of Artifact Registry, in v1 and (for gcloud) v1beta2.
package enum Locations: ServedAPI {
  /// None: the list is fixed.
  package static let records: [any Record.Type] = []

  /// The operations on locations.
  package static let routes: [Route] = ["v1", "v1beta2"].flatMap { version in
    [
      Route(
        .get, "/\(version)/projects/{project}/locations", api: .artifactRegistry,
        access: .permission("artifactregistry.locations.list", on: .project), run: list
      ).taking("pageSize", "pageToken", unserved: ["extraLocationTypes", "filter"]),
      Route(
        .get, "/\(version)/projects/{project}/locations/{location}", api: .artifactRegistry,
        access: .permission("artifactregistry.locations.get", on: .project), run: get),
    ]
  }

  /// The ids of all locations.
  package static var ids: [String] { names.sorted() }

  /// Whether the sandbox has a location.
  static func isKnown(_ location: String) -> Bool { names.contains(location) }

  /// Refuses unknown locations, with Google's text for `*`, which users try.
  static func check(_ call: Call) throws(APIError) {
    let location = call["location"]
    if location == "*" {
      throw .invalid("Invalid project name: \"projects/\(call.project)/locations/*\"")
    }
    guard isKnown(location) else {
      throw APIError(
        .permissionDenied, "Permission denied on 'locations/\(location)' (or it may not exist).",
        details: [
          APIError.errorInfo(
            "LOCATION_ACCESS_DENIED", domain: "googleapis.com", ["location": .string(location)])
        ])
    }
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let page = try Page(call.query, standard: 1000, maximum: 1000)
      .cut(names.sorted()) { $0 }
    var answer: JSONObject = ["locations": .array(page.items.map { json($0, call) })]
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  private static func get(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    guard isKnown(call["location"]) else {
      throw APIError(.notFound, "Location \(call["location"]) is not found.")
    }
    return json(call["location"], call)
  }

  private static func json(_ location: String, _ call: Call) -> JSONValue {
    [
      "name": .string("projects/\(call.project)/locations/\(location)"),
      "labels": ["cloud.googleapis.com/region": .string(location)],
      "locationId": .string(location), "displayName": .string(location),
    ]
  }

  /// A list of 2024 (docs/google-apis.md#locations).
  private static let names: Set<String> = Set(
    """
    us europe asia africa-south1 asia-east1 asia-east2 asia-northeast1 asia-northeast2
    asia-northeast3 asia-south1 asia-south2 asia-southeast1 asia-southeast2 australia-southeast1
    australia-southeast2 europe-central2 europe-north1 europe-southwest1 europe-west1 europe-west2
    europe-west3 europe-west4 europe-west6 europe-west8 europe-west9 europe-west10 europe-west12
    me-central1 me-central2 me-west1 northamerica-northeast1 northamerica-northeast2
    southamerica-east1 southamerica-west1 us-central1 us-east1 us-east4 us-east5 us-south1 us-west1
    us-west2 us-west3 us-west4
    """.split(whereSeparator: \.isWhitespace).map(String.init))
}
