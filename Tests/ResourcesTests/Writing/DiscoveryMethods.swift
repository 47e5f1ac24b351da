import Foundation
import HTTP
import JSON

/// The write methods of Google's APIs, from their discovery documents.
enum DiscoveryMethods {
  enum Place: CustomStringConvertible {
    case query
    case body([String])
    var description: String {
      switch self {
      case .query: "the query"
      case .body(let path): path.joined(separator: ".")
      }
    }
  }

  struct Method {
    var id: String
    var host: String
    var verb: String
    /// The parts of its path; nil for one that may be anything.
    var path: [String?]
    var etags: [Place]

    func matches(_ request: HTTPRequest) -> Bool {
      let parts = request.url.split(separator: "/", maxSplits: 2)
      guard parts.count == 3, request.method.rawValue == verb, parts[1] == host else {
        return false
      }
      let path = parts[2].prefix { $0 != "?" }.split(separator: "/")
      guard path.count == self.path.count else { return false }
      return zip(path, self.path).allSatisfy { part, pattern in
        guard let pattern else {
          return !part.contains(":") || part.hasSuffix("gserviceaccount.com")
        }
        guard pattern.hasPrefix("*:") else { return part == pattern }
        return part.hasSuffix(pattern.dropFirst())
      }
    }
  }

  private static let documents = [
    "artifactregistry.v1", "iam.v1", "cloudresourcemanager.v1", "cloudresourcemanager.v3",
    "serviceusage.v1", "cloudbilling.v1",
  ]

  static func methods() throws -> [Method] {
    try documents.flatMap { name in
      let document = try document(name)
      return methods(in: document, document)
    }
  }

  private static func methods(in resource: JSONValue, _ document: JSONValue) -> [Method] {
    let own = (resource["methods"]?.object ?? [:]).map { method($0.value, document) }
    let below = (resource["resources"]?.object ?? [:]).flatMap { methods(in: $0.value, document) }
    return own + below
  }

  private static func method(_ method: JSONValue, _ document: JSONValue) -> Method {
    let path = (method["flatPath"] ?? method["path"])?.string ?? ""
    let url = document["rootUrl"]?.string ?? ""
    var etags: [Place] = method["parameters"]?["etag"] == nil ? [] : [.query]
    if let schema = method["request"]?["$ref"]?.string,
      method["id"]?.string?.hasSuffix(".create") != true
    {
      etags += Self.etags(of: schema, document, [], depth: 2)
    }
    return Method(
      id: method["id"]?.string ?? "",
      host: url.split(separator: "/").dropFirst().first.map(String.init) ?? "",
      verb: method["httpMethod"]?.string ?? "",
      path: path.split(separator: "/").map { part in
        guard part.hasPrefix("{") else { return String(part) }
        return part.firstIndex(of: ":").map { "*" + part[$0...] }
      }, etags: etags)
  }

  /// The members of a request that are etags; not those that Google calls deprecated.
  private static func etags(
    of schema: String, _ document: JSONValue, _ path: [String], depth: Int
  ) -> [Place] {
    let properties = document["schemas"]?[schema]?["properties"]?.object ?? [:]
    return properties.flatMap { name, property -> [Place] in
      if name == "etag" {
        let isDeprecated = property["description"]?.string?.hasPrefix("Deprecated") == true
        return isDeprecated ? [] : [.body(path + [name])]
      }
      guard depth > 1, let inner = property["$ref"]?.string else { return [] }
      return etags(of: inner, document, path + [name], depth: depth - 1)
    }
  }

  struct MissingDocuments: Error, CustomStringConvertible {
    let description: String
  }

  /// Reads a document from the Python environment of the tests; throws if the environment is missing.
  private static func document(_ name: String) throws -> JSONValue {
    var root = URL(filePath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let libraries = root.appending(path: ".venv/lib")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
    for version in versions.sorted() where version.hasPrefix("python3") {
      let file = libraries.appending(
        path: "\(version)/site-packages/googleapiclient/discovery_cache/documents/\(name).json")
      guard let data = try? Data(contentsOf: file) else { continue }
      return try JSONValue(parsing: Array(data), maximumBytes: 64 << 20)
    }
    throw MissingDocuments(
      description: "\(name).json is not below \(libraries.path): run `make bootstrap`")
  }
}
