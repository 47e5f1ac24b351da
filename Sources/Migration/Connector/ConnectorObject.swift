import Diagnostics
import JSON
import YAML

/// A file of Config Connector's: its path as the user knows it, and its bytes.
package struct ConnectorFile: Sendable {
  /// The path as the user wrote it, or below the folder that the user named.
  package var path: String
  /// Its content.
  package var bytes: [UInt8]
  /// A file with this content.
  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// One object of Kubernetes, of any kind.
struct ConnectorObject {
  var kind: String
  /// `iam.cnrm.cloud.google.com`; empty for Kubernetes' own.
  var group: String
  var name: String
  var namespace: String
  var position: SourcePosition
  var annotations: [String: String]
  /// Labels as JSON, for a kind that has them.
  var labels: JSONValue?
  var spec: JSONObject
  var status: JSONValue?

  static let suffix = ".cnrm.cloud.google.com"
  /// What begins the names of Config Connector's annotations and of its labels.
  static let mark = "cnrm.cloud.google.com/"

  /// Whether Config Connector makes it a resource at Google; its own settings are not.
  var isGoogles: Bool {
    group.hasSuffix(Self.suffix) && group != "core\(Self.suffix)"
      && group != "customize.core\(Self.suffix)"
  }

  var origin: ConnectorOrigin {
    ConnectorOrigin(kind: kind, group: group, namespace: namespace, object: name)
  }

  /// The id at Google.
  var resourceID: String { spec["resourceID"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? name }

  /// One of Config Connector's annotations.
  func annotation(_ name: String) -> String? { annotations[Self.mark + name] }

  /// Nil for a document that is no object of Kubernetes.
  init?(_ node: YAMLNode) {
    guard let version = node["apiVersion"]?.scalar?.text, let kind = node["kind"]?.scalar?.text
    else { return nil }
    let metadata = node["metadata"]
    self.kind = kind
    group = version.contains("/") ? String(version.prefix { $0 != "/" }) : ""
    name = metadata?["name"]?.scalar?.text ?? ""
    namespace = metadata?["namespace"]?.scalar?.text ?? ""
    position = node.position
    annotations = Self.texts(metadata?["annotations"])
    labels = metadata?["labels"]?.json
    spec = node["spec"]?.json.object ?? [:]
    status = node["status"]?.json
  }

  private static func texts(_ node: YAMLNode?) -> [String: String] {
    (node?.pairs ?? []).reduce(into: [:]) { $0[$1.key] = $1.value.scalar?.text }
  }

  /// The objects of a document: one, or those of a list.
  static func objects(of node: YAMLNode) -> [ConnectorObject] {
    guard let object = ConnectorObject(node) else { return [] }
    guard object.kind == "List", object.group.isEmpty, let items = node["items"]?.items else {
      return [object]
    }
    return items.flatMap(objects)
  }
}

extension YAMLNode {
  /// As JSON; every scalar is a text.
  fileprivate var json: JSONValue {
    switch content {
    case .scalar(let scalar): return scalar.isNull ? .null : .string(scalar.text)
    case .sequence(let items): return .array(items.map(\.json))
    case .mapping(let pairs): return .object(JSONObject(pairs.map { ($0.key, $0.value.json) }))
    }
  }
}
