import JSON

/// Which values of an instance are marked as sensitive: they are never copied.
indirect enum SensitiveMask: Hashable {
  case whole
  case parts([String: SensitiveMask])

  /// Nothing is sensitive.
  static let none = SensitiveMask.parts([:])

  /// `sensitive_values` of `terraform show -json`: the same tree as the values, with `true` for what is sensitive.
  init(tree: JSONValue?) {
    switch tree {
    case .bool(true)?: self = .whole
    case .object(let members)?:
      self = .parts(
        Dictionary(members.map { ($0.key, SensitiveMask(tree: $0.value)) }) { first, _ in first })
    case .array(let elements)?:
      self = .parts(
        Dictionary(elements.enumerated().map { ("\($0.offset)", SensitiveMask(tree: $0.element)) })
        { first, _ in first })
    default: self = .none
    }
  }

  /// `sensitive_attributes` of a state file: paths of steps. A step of an unknown form makes everything below its place
  /// sensitive.
  init(paths: JSONValue?) {
    guard let paths, !paths.isNull else {
      self = .none
      return
    }
    var mask = paths.array == nil ? SensitiveMask.whole : .none
    for path in paths.array ?? [] {
      mask.add((path.array ?? []).map(Self.step)[...])
    }
    self = mask
  }

  /// The name or index of a step; nil for another form.
  private static func step(_ step: JSONValue) -> String? {
    switch step["type"] {
    case "get_attr": return step["value"]?.string
    case "index":
      let key = step["value"]?["value"] ?? step["value"]
      return key?.string ?? key?.integer.map { "\($0)" }
    default: return nil
    }
  }

  private mutating func add(_ steps: ArraySlice<String?>) {
    guard let first = steps.first, let name = first, case .parts(var parts) = self else {
      self = .whole
      return
    }
    var inner = parts[name] ?? .none
    let rest = steps.dropFirst()
    if rest.isEmpty { inner = .whole } else { inner.add(rest) }
    parts[name] = inner
    self = .parts(parts)
  }

  /// The members without the sensitive values, and the paths of these values.
  func removed(from members: JSONObject) -> (rest: JSONObject, hidden: [String]) {
    var hidden: [String] = []
    let rest = remove(from: .object(members), at: "", &hidden)
    return (rest?.object ?? [:], hidden)
  }

  private func remove(
    from value: JSONValue, at path: String, _ hidden: inout [String]
  ) -> JSONValue? {
    guard case .parts(let parts) = self else {
      if !FieldConversion.isEmpty(value) { hidden.append(path) }
      return nil
    }
    if parts.isEmpty { return value }
    switch value {
    case .object(let members):
      var result = JSONObject()
      for (key, member) in members {
        let place = path.isEmpty ? key : "\(path).\(key)"
        result[key] = parts[key].map { $0.remove(from: member, at: place, &hidden) } ?? member
      }
      return .object(result)
    case .array(let elements):
      return .array(
        elements.enumerated().compactMap { index, element in
          guard let part = parts["\(index)"] else { return element }
          return part.remove(from: element, at: "\(path)[\(index)]", &hidden)
        })
    default:
      // The mask says that there is more below, which is not so: the value is not known to be harmless.
      hidden.append(path)
      return nil
    }
  }
}
