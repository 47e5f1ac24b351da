import Kinds
import Model

extension Kind {
  /// The form of its addresses; nil if it has none.
  var addressForm: String? {
    resource.map {
      (["PROJECT", $0.addressName] + $0.place.namePlaceholders).joined(separator: "/")
    }
  }

  /// A document of this kind with the required fields and placeholders, as lines of YAML.
  var outline: [String] {
    let required = schema.fields.filter { $0.traits.contains(.required) }
    return ["apiVersion: arctl.dev/v1", "kind: \(name)", "metadata: {name: NAME}"]
      + (required.isEmpty
        ? ["spec: {}"] : ["spec:"] + required.map { "  \($0.name): \($0.placeholder)" })
  }
}

extension Place {
  /// The placeholders after the kind in an address.
  fileprivate var namePlaceholders: [String] {
    switch self {
    case .root: []
    case .setting, .project: ["NAME"]
    case .location: ["LOCATION", "NAME"]
    case .child(let parent, _):
      (parent.resource?.place.namePlaceholders.dropLast() ?? []) + [parent.placeholder, "NAME"]
    }
  }
}

extension KindID {
  /// `serviceAccount` gives `ACCOUNT`: the last word of the name.
  fileprivate var placeholder: String {
    let name = name
    let start = name.lastIndex(where: \.isUppercase) ?? name.startIndex
    return name[start...].uppercased()
  }
}

extension Field {
  /// A placeholder for the value: the first enum value, the required fields of a map, or the name in capitals.
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
