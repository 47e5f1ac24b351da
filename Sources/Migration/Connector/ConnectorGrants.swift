import Diagnostics
import JSON
import Model

/// Grants of Config Connector.
extension ConnectorMigration {
  /// IAMPolicyMember: one member is added.
  mutating func readMember(
    _ object: ConnectorObject, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    let policy = try policyOwner(of: object).policy
    let known: Set = ["member", "memberFrom", "role", "condition", "resourceRef", "resourceID"]
    checkMembers(object.spec, known, "", &item)
    guard let role = object.spec["role"]?.string else { throw Unconvertible("`role` is missing") }
    let condition = try condition(object.spec["condition"])
    let member: String
    do throws(Unconvertible) {
      member = try self.member(.object(object.spec), of: object)
    } catch {
      // Another object may own the role, and would remove this member.
      builder.keepOpen(role, on: policy)
      throw error
    }
    try builder.grant(role, condition, to: [member], .additive, on: policy, &item)
  }

  /// IAMPartialPolicy: the members of its bindings are added.
  mutating func readPartialPolicy(
    _ object: ConnectorObject, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    let policy = try policyOwner(of: object).policy
    checkMembers(object.spec, ["bindings", "resourceRef", "resourceID"], "", &item)
    item.address = policy
    for binding in object.spec["bindings"]?.array ?? [] {
      readBinding(binding, .additive, policy, object, &item)
    }
  }

  /// IAMPolicy: each role that it lists is exact.
  mutating func readPolicy(
    _ object: ConnectorObject, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    let policy = try policyOwner(of: object).policy
    checkMembers(object.spec, ["bindings", "resourceRef", "resourceID"], "", &item)
    item.address = policy
    for binding in object.spec["bindings"]?.array ?? [] {
      readBinding(binding, .role, policy, object, &item)
    }
    item.note(
      "Config Connector owned the whole policy; each role that it lists stays exact, and arctl leaves all other roles alone"
    )
    builder.comment(
      "Each role below is exact, as the whole policy was in Config Connector. Roles that are not listed here are left alone.",
      on: policy)
  }

  private mutating func readBinding(
    _ binding: JSONValue, _ exclusivity: EstateGrant.Exclusivity, _ policy: Address,
    _ object: ConnectorObject, _ item: inout ConvertedItem
  ) {
    do throws(Unconvertible) {
      guard let role = binding["role"]?.string, let fields = binding.object else {
        throw Unconvertible("it has no role")
      }
      checkMembers(fields, ["role", "members", "condition"], "bindings.", &item)
      let condition = try condition(binding["condition"])
      var members: [String] = []
      for value in binding["members"]?.array ?? [] {
        do throws(Unconvertible) {
          members.append(try member(value, of: object))
        } catch {
          builder.keepOpen(role, on: policy)
          item.lose(
            "a member of `\(ConversionBuilder.shown(role))` is not converted: \(error.reason)")
        }
      }
      try builder.grant(role, condition, to: members, exclusivity, on: policy, &item)
    } catch {
      if let role = binding["role"]?.string { builder.keepOpen(role, on: policy) }
      item.lose("a binding is not converted: \(error.reason)")
    }
  }

  /// The member in a text, in `member`, or in `memberFrom`.
  private func member(
    _ value: JSONValue, of object: ConnectorObject
  ) throws(Unconvertible) -> String {
    if let text = value.string ?? value["member"]?.string { return text }
    guard let from = value["memberFrom"]?.object, from.count == 1, let source = from.keys.first
    else { throw Unconvertible("it has neither `member` nor `memberFrom`") }
    guard source == "serviceAccountRef", let reference = from[source] else {
      throw Unconvertible(
        "`memberFrom.\(ConversionBuilder.shown(source))` is only known to the cluster; grant it to the account's e-mail"
      )
    }
    let account = try account(reference, of: object)
    guard case .member(let member)? = account.policyName else {
      throw Unconvertible("`memberFrom.serviceAccountRef` names no account")
    }
    return member
  }

  private func condition(_ value: JSONValue?) throws(Unconvertible) -> PolicyCondition? {
    guard let value, !value.isNull else { return nil }
    guard let object = value.object, let expression = object["expression"]?.string,
      object.keys.allSatisfy({ ["title", "description", "expression"].contains($0) })
    else {
      // Without its condition a grant would be wider.
      throw Unconvertible("its `condition` is of a form that arctl does not know")
    }
    return PolicyCondition(
      title: object["title"]?.string ?? "", description: object["description"]?.string ?? "",
      expression: expression)
  }

  /// Reports fields that are not converted.
  private func checkMembers(
    _ members: JSONObject, _ known: Set<String>, _ path: String, _ item: inout ConvertedItem
  ) {
    for (key, value) in members where !known.contains(key) && !FieldConversion.isEmpty(value) {
      let reason =
        key == "auditConfigs"
        ? "arctl does not manage audit settings of policies" : "arctl has no field for it"
      item.lose("`\(ConversionBuilder.shown(path + key))` is not converted: \(reason)")
    }
  }
}
