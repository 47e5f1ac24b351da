import Diagnostics
import JSON
import Model

/// Grants.
extension TerraformMigration {
  mutating func readGrants(
    _ instance: TerraformInstance, _ family: TerraformGrantType?, _ form: TerraformGrantType.Form,
    _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    guard let family, form != .audit else {
      throw Unconvertible(
        form == .audit
          ? "arctl does not manage audit settings of policies"
          : "arctl does not manage the policies that `\(ConversionBuilder.shown(instance.type))` is about"
      )
    }
    guard let kind = builder.kinds[family.kind]?.resource, kind.hasPolicy else {
      throw Unconvertible("arctl has no kind for `\(instance.type)` yet")
    }
    let policy = try resource(of: instance, family, kind).policy
    let known: Set = [
      "role", "member", "members", "condition", "policy_data", "project", "location",
    ]
    checkAttributes(instance, known.union(TerraformType.placeholders(family.name)), &item)
    let condition = try condition(instance.attributes["condition"])
    switch form {
    case .member:
      guard let role = instance.text("role"), let member = instance.text("member") else {
        throw Unconvertible("`role` or `member` is missing")
      }
      try builder.grant(role, condition, to: [member], .additive, on: policy, &item)
    case .binding:
      guard let role = instance.text("role"), let members = texts(instance.attributes["members"])
      else { throw Unconvertible("`role` or `members` is missing") }
      try builder.grant(role, condition, to: members, .condition, on: policy, &item)
    case .policy: try readPolicy(instance, policy, &item)
    case .audit: break
    }
  }

  /// The resource whose policy it is.
  private func resource(
    of instance: TerraformInstance, _ family: TerraformGrantType, _ kind: any ResourceKind
  ) throws(Unconvertible) -> Address {
    if kind.place.isRoot {
      guard let project = instance.text("project") else {
        throw Unconvertible("`project` is missing")
      }
      return builder.kinds.project(try builder.projectID(project))
    }
    if let attribute = family.whole, let name = instance.text(attribute), name.contains("/") {
      // `PROJECT/LOCATION/RING/KEY` is an older form of the name of a KMS key.
      let parts = name.split(separator: "/").map(String.init)
      let isOld = parts.count == 4 && parts[0] != "projects" && family.name == "{crypto_key_id}"
      let whole =
        isOld
        ? "projects/\(parts[0])/locations/\(parts[1])/keyRings/\(parts[2])/cryptoKeys/\(parts[3])"
        : name
      return try builder.address(whole, kind)
    }
    return try builder.address(try filled(family.name, instance), kind)
  }

  /// Reports attributes that are not among those that are read or needless.
  func checkAttributes(
    _ instance: TerraformInstance, _ known: Set<String>, _ item: inout ConvertedItem
  ) {
    var rest = FieldConversion(.snakeCase, ignored: known.union(TerraformType.virtual))
    _ = rest.object(instance.attributes, [])
    for loss in rest.losses { item.lose(loss) }
  }

  /// The condition of a grant: an object, or a list of at most one.
  private func condition(_ value: JSONValue?) throws(Unconvertible) -> PolicyCondition? {
    guard let value, !value.isNull, value != [], value != [:] else { return nil }
    guard let object = value.object ?? (value.array?.count == 1 ? value.array?[0].object : nil),
      let expression = object["expression"]?.string, !expression.isEmpty,
      ["title", "description"].allSatisfy({
        object[$0] == nil || object[$0]?.isNull == true || object[$0]?.string != nil
      }),
      object.keys.allSatisfy({ ["title", "description", "expression"].contains($0) })
    else {
      // Without its condition a grant would be wider.
      throw Unconvertible("its `condition` is of a form that arctl does not know")
    }
    return PolicyCondition(
      title: object["title"]?.string ?? "", description: object["description"]?.string ?? "",
      expression: expression)
  }

  /// The elements of a list of texts; nil for another value.
  private func texts(_ value: JSONValue?) -> [String]? {
    guard let elements = value?.array else { return nil }
    let texts = elements.compactMap(\.string)
    return texts.count == elements.count ? texts : nil
  }

  /// The whole policy: each role that it lists becomes exclusive.
  private mutating func readPolicy(
    _ instance: TerraformInstance, _ policy: Address, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    let text = instance.text("policy_data") ?? ""
    guard let data = try? JSONValue(parsing: Array(text.utf8), maximumValues: 1_000_000),
      let object = data.object
    else { throw Unconvertible("`policy_data` is missing, or not JSON") }
    item.address = policy
    for (key, value) in object where !["bindings", "etag", "version"].contains(key) {
      if FieldConversion.isEmpty(value) { continue }
      item.lose("`\(ConversionBuilder.shown(key))` of the policy is not converted")
    }
    for binding in object["bindings"]?.array ?? [] {
      do throws(Unconvertible) {
        guard let role = binding["role"]?.string,
          let members = texts(binding["members"] ?? .array([]))
        else { throw Unconvertible("it has no role, or members that are not texts") }
        let condition = try condition(binding["condition"])
        try builder.grant(role, condition, to: members, .role, on: policy, &item)
      } catch {
        if let role = binding["role"]?.string { builder.keepOpen(role, on: policy) }
        item.lose("a binding of the policy is not converted: \(error.reason)")
      }
    }
    item.note(
      "Terraform owned the whole policy; each role that it lists stays exact, and arctl leaves all other roles alone"
    )
    builder.comment(
      "Each role below is exact, as the whole policy was in Terraform. Roles that are not listed here are left alone.",
      on: policy)
  }
}
