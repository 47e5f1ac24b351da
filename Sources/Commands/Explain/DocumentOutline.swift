import Model
import Registry

extension Kind {
  /// The shape of its addresses; nil where it has none.
  var addressForm: String? {
    guard let segment = segment?.rawValue else { return nil }
    return switch identity {
    case .none: nil
    case .project: "PROJECT/project"
    case .name: "PROJECT/\(segment)/NAME"
    case .locationAndName: "PROJECT/\(segment)/LOCATION/NAME"
    case .accountAndName: "PROJECT/\(segment)/ACCOUNT/NAME"
    }
  }

  /// The least document of this kind, as lines of YAML.
  var outline: [String] {
    let required = schema.fields.filter { $0.traits.contains(.required) }
    return ["apiVersion: arctl.dev/v1", "kind: \(name)", "metadata: {name: NAME}"]
      + (required.isEmpty
        ? ["spec: {}"] : ["spec:"] + required.map { "  \($0.name): \($0.placeholder)" })
  }
}

extension Field {
  /// What stands for a value in an outline: the first enum value, required fields of a map, the name in capitals.
  fileprivate var placeholder: String {
    switch type {
    case .object(let fields):
      "{"
        + fields.filter { $0.traits.contains(.required) }.map { "\($0.name): \($0.placeholder)" }
        .joined(separator: ", ") + "}"
    case .enumeration: type.values.first ?? "VALUE"
    case .list: "[\(name.hasSuffix("s") ? name.dropLast().uppercased() : "VALUE")]"
    default: name.uppercased()
    }
  }
}
