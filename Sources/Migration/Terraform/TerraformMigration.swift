import Diagnostics
import Grammar
import JSON
package import Model

/// Reads a state of Terraform or OpenTofu as an estate.
///
/// A state holds private keys and passwords in clear text: no message and no value of the estate is taken from an
/// attribute that the state marks as sensitive, or that no field of a kind's schema stands for.
package struct TerraformMigration {
  var builder: ConversionBuilder
  private let state: TerraformState

  /// The most bytes of a state.
  package static var maximumBytes: Int { TerraformFile.maximumBytes }
  /// What to type to get a state that arctl reads.
  package static var stateCommand: String { TerraformFile.stateCommand }

  /// Converts a state file, or what `terraform show -json` prints.
  package static func read(
    _ bytes: [UInt8], named name: String, kinds: KindSet
  ) throws(MigrationError) -> Conversion {
    var migration = TerraformMigration(
      builder: ConversionBuilder(kinds), state: try TerraformFile.read(bytes, named: name))
    migration.convert()
    return migration.builder.finished()
  }

  private mutating func convert() {
    learnProjects()
    for instance in state.instances where !instance.isData {
      guard instance.isGoogles else {
        builder.countForeign("provider \(instance.provider)")
        continue
      }
      var item = ConvertedItem(
        .terraform(TerraformOrigin(address: instance.address, program: instance.program)))
      do throws(Unconvertible) {
        try read(instance, &item)
      } catch {
        item.skipped = error.reason
      }
      builder.add(item)
    }
    if state.pendingChanges > 0 {
      let count = state.pendingChanges
      builder.remark(
        "the plan holds \(count) \(count == 1 ? "change" : "changes") that \(count == 1 ? "is" : "are") not applied: what existed before is converted"
      )
    }
  }

  /// Pairs of ids and numbers of projects: those of the project itself, and those of a pool, whose name has the number.
  private mutating func learnProjects() {
    for instance in state.instances where instance.isGoogles {
      if instance.type == "google_project", let id = instance.text("project_id"),
        let number = instance.text("number")
      {
        builder.know(project: id, number: number)
      }
      let name = (instance.text("name") ?? "").split(separator: "/")
      if let id = instance.text("project"), name.count > 3, name[0] == "projects" {
        builder.know(project: id, number: String(name[1]))
      }
    }
  }

  private mutating func read(
    _ instance: TerraformInstance, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    switch instance.flaw {
    case .deposed?:
      throw Unconvertible("it is deposed: Terraform replaced it and has not destroyed it yet")
    case .flat?:
      throw Unconvertible(
        "its attributes are in the form of Terraform before 0.12; `terraform apply -refresh-only` renews them"
      )
    case nil: break
    }
    if instance.isTainted {
      item.note(
        "Terraform marks it as tainted and would replace it: what exists now is converted")
    }
    for path in instance.hidden.sorted() where !Self.isExpectedSecret(path, instance.type) {
      item.lose(
        "`\(ConversionBuilder.shown(path))` is not converted: the state marks it as sensitive")
    }
    if let grants = TerraformGrantType.of(instance.type) {
      try readGrants(instance, grants.family, grants.form, &item)
    } else if let type = TerraformType.all[instance.type] {
      try readResource(instance, type, &item)
    } else {
      try readOther(instance, &item)
    }
  }

  /// Whether a sensitive attribute is one that is never converted in any case.
  private static func isExpectedSecret(_ path: String, _ type: String) -> Bool {
    type == "google_service_account_key" && path == "private_key"
      || TerraformType.values[type]?.contains(path) == true
  }

  private mutating func readOther(
    _ instance: TerraformInstance, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    switch instance.type {
    case "google_project": try readProject(instance, &item)
    case "google_project_service": try readService(instance, &item)
    case "google_service_account_key": try readKey(instance, &item)
    case let type where TerraformType.values[type] != nil:
      throw Unconvertible(ConversionBuilder.valueOfSecret)
    default:
      throw Unconvertible(
        "arctl does not manage `\(ConversionBuilder.shown(instance.type))`")
    }
  }

  // MARK: resources

  private mutating func readResource(
    _ instance: TerraformInstance, _ type: TerraformType, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    guard let kind = builder.kinds[type.kind]?.resource else {
      throw Unconvertible("arctl has no kind for `\(instance.type)` yet")
    }
    if instance.attributes["deleted"] == true { throw Unconvertible("it is deleted at Google") }
    let address = try builder.address(try filled(type.name, instance), kind)
    let conversion = FieldConversion(
      .snakeCase, renamed: type.renamed,
      ignored: type.ignored.union(type.nameAttributes).union(TerraformType.virtual)
        .union(["project"]))
    builder.convert(labelled(instance, &item), by: conversion, to: address, &item)
    guard item.skipped == nil else { return }
    readDeletionPolicy(instance, address, &item)
  }

  /// A name with the values of its attributes.
  func filled(
    _ template: String, _ instance: TerraformInstance
  ) throws(Unconvertible) -> String {
    var name = template
    for attribute in TerraformType.placeholders(template).sorted() {
      guard let value = instance.text(attribute) else {
        throw Unconvertible("`\(attribute)` is missing")
      }
      name = name.replacing("{\(attribute)}", with: value)
    }
    return name
  }

  /// The attributes with all labels of the resource as `labels`, but for the mark of Terraform.
  private func labelled(
    _ instance: TerraformInstance, _ item: inout ConvertedItem
  ) -> JSONObject {
    var attributes = instance.attributes
    guard let all = attributes["effective_labels"]?.object else { return attributes }
    attributes["effective_labels"] = nil
    let own = all.filter { $0.key != "goog-terraform-provisioned" }
    attributes["labels"] = .object(JSONObject(own.map { ($0.key, $0.value) }))
    let configured = attributes["terraform_labels"] ?? instance.attributes["labels"]
    let others = own.map(\.key).filter {
      configured?[$0] == nil && !GoogleLabels.contains($0)
    }.sorted()
    if !others.isEmpty {
      let names = others.map { "`\(ConversionBuilder.shown($0))`" }.joined(separator: ", ")
      item.note("labels that Terraform's configuration does not set are written, too: \(names)")
    }
    return attributes
  }

  private mutating func readDeletionPolicy(
    _ instance: TerraformInstance, _ address: Address, _ item: inout ConvertedItem
  ) {
    if instance.attributes["deletion_protection"] == true { builder.protect(address) }
    switch instance.text("deletion_policy") {
    case "PREVENT": builder.protect(address)
    case "DELETE", "ABANDON", nil: break
    case let other?:
      item.lose("`deletion_policy` is not converted: `\(ConversionBuilder.shown(other))`")
    }
  }

  // MARK: projects, services and keys

  private mutating func readProject(
    _ instance: TerraformInstance, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    guard let kind = builder.kinds.root.resource else { return }
    guard let id = instance.text("project_id") else {
      throw Unconvertible("`project_id` is missing")
    }
    let address = builder.kinds.project(try builder.projectID(id))
    let left = ["org_id", "folder_id", "billing_account"].filter { instance.text($0) != nil }
    if !left.isEmpty {
      let names = left.map { "`\($0)`" }.joined(separator: ", ")
      item.note(
        "\(names) not written, so arctl never creates this project; add `parent` and `billingAccount` if it should"
      )
    }
    let ignored: Set = [
      "project_id", "number", "org_id", "folder_id", "billing_account", "auto_create_network",
      "skip_delete", "project",
    ]
    let conversion = FieldConversion(
      .snakeCase, renamed: ["name": "displayName"], ignored: ignored.union(TerraformType.virtual))
    builder.convert(labelled(instance, &item), by: conversion, to: address, &item)
    guard item.skipped == nil, kind.hasPolicy else { return }
    readDeletionPolicy(instance, address, &item)
  }

  private mutating func readService(
    _ instance: TerraformInstance, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    guard let service = instance.text("service"), let project = instance.text("project") else {
      throw Unconvertible("`service` or `project` is missing")
    }
    if let problem = NameRules.service(service) {
      throw Unconvertible(
        "its service `\(ConversionBuilder.shown(service))` \(problem.message)")
    }
    checkAttributes(
      instance,
      [
        "service", "project", "disable_on_destroy", "disable_dependent_services",
        "check_if_service_has_usage_on_destroy",
      ], &item)
    let id = try builder.projectID(project)
    builder.name(project: id)
    builder.put(
      ["name": .string("projects/\(id)/services/\(service)"), "state": "ENABLED"],
      at: builder.kinds.service(service, project: id), &item)
  }

  /// A key: its id and its account. The private half is not looked at.
  private mutating func readKey(
    _ instance: TerraformInstance, _ item: inout ConvertedItem
  ) throws(Unconvertible) {
    guard let name = instance.text("name"),
      let range = name.firstRange(of: "/keys/"), range.upperBound < name.endIndex
    else {
      throw Unconvertible("`name` of the key is missing")
    }
    guard let credential = builder.kinds.resources.first(where: \.isCredential),
      let kind = credential.parent?.resource
    else { return }
    let account = try builder.address(String(name[..<range.lowerBound]), kind)
    let id = String(name[range.upperBound...])
    checkAttributes(
      instance,
      [
        "name", "service_account_id", "key_algorithm", "private_key_type", "public_key_type",
        "public_key_data", "public_key", "private_key", "keepers", "valid_after", "valid_before",
      ], &item)
    try builder.put(key: id, of: account, &item)
    if instance.text("public_key_data") == nil {
      item.note(
        "the private half of key \(id) lies in the state in clear text, and is not converted: whoever can read the state, or "
          + "a copy of it, can act as the account until the key is deleted")
    }
  }
}
