import Diagnostics
import JSON
import Model

/// Reads the plan in a saved file back from JSON, without its operations.
struct PlanDecoder {
  let kinds: KindSet

  func plan(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Plan {
    let selection = try reader.at("selection")
    var plan = Plan(
      id: reader.value["id"]?.isNull == true ? nil : try reader.string("id"),
      stackName: reader.optionalString("stack"),
      variables: Dictionary(
        (reader.value["variables"]?.object ?? [:]).map { ($0.key, $0.value) },
        uniquingKeysWith: { $1 }),
      caller: try reader.string("caller"),
      selection: Selection(
        targets: try selection.strings("targets").map(AddressGlob.init),
        excludes: try selection.strings("excludes").map(AddressGlob.init),
        excludedGrants: try selection.optionalArray("excludedGrants").mapTyped(pattern)),
      allowances: try allowances(reader.at("allowances")),
      changes: try reader.array("changes").mapTyped(change),
      undeclared: try reader.strings("undeclared").compactMap(kinds.address),
      ignored: try reader.strings("ignored").compactMap(kinds.address),
      notChecked: try reader.strings("notChecked"),
      diagnostics: try reader.array("diagnostics").mapTyped(diagnostic), operations: [],
      declaredCount: try reader.integer("declaredCount"),
      selectedCount: try reader.integer("selectedCount"),
      fileCount: try reader.integer("fileCount")
    )
    plan.ignoredMembers = try reader.optionalArray("ignoredMembers").mapTyped(undeclaredMember)
    plan.notLookedIn =
      try reader.optionalArray("notLookedIn").isEmpty ? [] : reader.strings("notLookedIn")
    if reader.value["inputs"] != nil {
      let inputs = try reader.at("inputs")
      plan.inputs = PlanInputs(
        project: inputs.optionalString("project"), location: inputs.optionalString("location"),
        projects: inputs.optionalString("projects"))
    }
    if reader.value["leftOut"] != nil {
      plan.leftOut = try reader.strings("leftOut").compactMap(kinds.address)
    }
    if reader.value["keysLeftOut"] != nil {
      plan.keysLeftOut = try reader.strings("keysLeftOut").compactMap(kinds.address)
    }
    plan.since = try since(reader)
    return plan
  }

  private func pattern(_ reader: JSONReader) throws(JSONReader.Mismatch) -> GrantPattern {
    GrantPattern(
      policies: AddressGlob(try reader.string("address")), role: reader.optionalString("role"),
      member: reader.optionalString("member"), condition: reader.optionalString("condition"))
  }

  private func allowances(
    _ reader: JSONReader
  ) throws(JSONReader.Mismatch) -> GuardOverrides {
    func globs(_ name: String) throws(JSONReader.Mismatch) -> [AddressGlob] {
      reader.value[name] == nil ? [] : try reader.strings(name).map(AddressGlob.init)
    }
    func number(_ name: String) throws(JSONReader.Mismatch) -> Int? {
      reader.value[name] == nil ? nil : try reader.integer(name)
    }
    var allowances = GuardOverrides()
    for flag in Hazard.Flag.allCases {
      let found = try globs(flag.rawValue)
      if !found.isEmpty { allowances.allowed[flag] = found }
    }
    allowances.reissue = try globs("reissue")
    allowances.maximumDeletes = try number("max-deletes")
    allowances.maximumRemovals = try number("max-removals")
    return allowances
  }

  private func change(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Change {
    guard let address = kinds.address(parsing: try reader.string("address")) else {
      throw reader.mismatch("address")
    }
    var change = Change(
      address: address, action: try reader.choice("action"), source: try position(reader, "source"))
    change.intended =
      reader.value["intended"] == nil ? change.action : try reader.choice("intended")
    change.what = try what(reader, address)
    change.reason = reader.optionalString("reason").map(Statement.init(quoting:))
    change.waitsFor = reader.optionalString("waitsFor").flatMap(kinds.address)
    change.note = reader.optionalString("note")
    let warnings = try reader.optionalArray("warnings").isEmpty ? [] : reader.strings("warnings")
    change.remarks = warnings.map(Statement.init(quoting:))
    let losses = try reader.optionalArray("destroys").isEmpty ? [] : reader.strings("destroys")
    change.losses = losses.map(Statement.init(quoting:))
    change.hazards = try reader.optionalArray("hazards").mapTyped(hazard)
    change.refusals = try reader.optionalArray("refusals").mapTyped(refusal)
    for index in change.refusals.indices {
      let statement = change.refusals[index].statement
      change.refusals[index].hazard = change.hazards.first { $0.statement == statement }
    }
    change.digest = reader.optionalString("digest")
    return change
  }

  private func what(
    _ reader: JSONReader, _ address: Address
  ) throws(JSONReader.Mismatch) -> Change.What {
    let fields = try reader.array("fields").mapTyped(field)
    if address.isPolicy { return .policy(try reader.optionalArray("bindings").mapTyped(binding)) }
    guard reader.value["key"] == nil else {
      var key = KeyChange(order: try order(reader.at("key")))
      if reader.value["wait"] != nil { key.wait = Int64(try reader.integer("wait")) }
      key.destination = fields.first?.to?.string
      return .key(key)
    }
    var resource = ResourceChange()
    resource.fields = fields
    resource.fallback = reader.value["fallback"] == nil ? nil : try reader.choice("fallback")
    resource.identity = reader.value["identity"]?.object ?? [:]
    resource.uid = reader.optionalString("uid")
    resource.holders = try reader.optionalArray("holders").mapTyped(holder)
    return .resource(resource)
  }

  private func holder(_ reader: JSONReader) throws(JSONReader.Mismatch) -> RoleHolder {
    guard let policy = kinds.address(parsing: try reader.string("address")) else {
      throw reader.mismatch("address")
    }
    return RoleHolder(
      policy: policy, condition: try condition(reader), member: try reader.string("member"))
  }

  private func field(_ reader: JSONReader) throws(JSONReader.Mismatch) -> FieldChange {
    let components = try reader.array("components")
      .mapTyped { (part: JSONReader) throws(JSONReader.Mismatch) -> FieldPath.Component in
        if let name = part.optionalString("field") { return .field(name) }
        if let id = part.optionalString("element") { return .element(id) }
        return .index(try part.integer("index"))
      }
    func present(_ key: String) -> JSONValue? { reader.value[key].flatMap { $0.isNull ? nil : $0 } }
    return FieldChange(
      path: FieldPath(components), from: present("from"), to: present("to"),
      isImmutable: reader.value["immutable"]?.bool ?? false)
  }

  private func binding(_ reader: JSONReader) throws(JSONReader.Mismatch) -> BindingChange {
    var binding = BindingChange(role: try reader.string("role"), condition: try condition(reader))
    binding.added = try reader.strings("added")
    binding.removed = try reader.array("removed")
      .mapTyped { (part: JSONReader) throws(JSONReader.Mismatch) in
        BindingChange.Removal(try part.string("member"), try part.choice("cause"))
      }
    for (member, written) in reader.value["written"]?.object ?? [:] {
      guard let text = written.string else { throw reader.mismatch("written") }
      binding.written[member] = text
    }
    binding.undeclared = try reader.strings("undeclared")
    if reader.value["standings"] != nil {
      let standings = try reader.strings("standings").map(UndeclaredMember.Standing.init(rawValue:))
      guard standings.count == binding.undeclared.count, !standings.contains(nil) else {
        throw reader.mismatch("standings")
      }
      for (member, standing) in zip(binding.undeclared, standings) {
        binding.standings[member] = standing
      }
    }
    binding.alsoHeld = try reader.optionalArray("alsoHeld")
      .mapTyped { (part: JSONReader) throws(JSONReader.Mismatch) in
        BindingChange.AlsoHeld(member: try part.string("member"), condition: try condition(part))
      }
    binding.leftOut =
      try reader.optionalArray("leftOut").isEmpty ? [] : reader.strings("leftOut")
    binding.ended = try reader.optionalArray("ended").mapTyped(place)
    return binding
  }

  private func undeclaredMember(
    _ reader: JSONReader
  ) throws(JSONReader.Mismatch) -> UndeclaredMember {
    guard let policy = kinds.address(parsing: try reader.string("address")) else {
      throw reader.mismatch("address")
    }
    return UndeclaredMember(
      policy: policy, role: try reader.string("role"), condition: try condition(reader),
      member: try reader.string("member"), standing: try reader.choice("standing"))
  }

  func condition(
    _ reader: JSONReader
  ) throws(JSONReader.Mismatch) -> PolicyCondition? {
    guard reader.value["condition"]?.object != nil else { return nil }
    let part = try reader.at("condition")
    return PolicyCondition(
      title: try part.string("title"), description: try part.string("description"),
      expression: try part.string("expression"))
  }

  private func hazard(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Hazard {
    Hazard(try reader.choice("flag"), Statement(quoting: try reader.string("message")))
  }

  private func order(_ reader: JSONReader) throws(JSONReader.Mismatch) -> KeyAction {
    let name = try reader.string("order")
    if name == "retire" {
      let step = KeyRetirement(
        current: try reader.string("current"), disable: try reader.strings("disable"),
        delete: try reader.strings("delete"))
      guard !step.isEmpty else { throw reader.mismatch("order") }
      return .retire(step)
    }
    if name == "reclaim" {
      return .reclaim(lost: try reader.strings("lost"), beside: try reader.strings("beside"))
    }
    guard
      let order = KeyAction(
        name: name,
        keyIDs: reader.value["ids"] == nil ? [] : try reader.strings("ids"))
    else { throw reader.mismatch("order") }
    return order
  }

  private func refusal(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Refusal {
    Refusal(
      try reader.choice("code"), Statement(quoting: try reader.string("message")),
      remedy: reader.optionalString("remedy"))
  }

  private func diagnostic(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Diagnostic {
    var diagnostic = Diagnostic(
      try reader.choice("code"), severity: try reader.choice("severity"),
      try reader.string("message"),
      at: try position(reader, "source"), help: try reader.strings("help"))
    if reader.value["lines"] != nil { diagnostic.pasted = try reader.strings("lines") }
    return diagnostic
  }

  func position(
    _ reader: JSONReader, _ key: String
  ) throws(JSONReader.Mismatch) -> SourcePosition? {
    guard reader.value[key]?.object != nil else { return nil }
    return try place(reader.at(key))
  }

  private func place(_ part: JSONReader) throws(JSONReader.Mismatch) -> SourcePosition {
    SourcePosition(
      file: try part.string("file"), line: try part.integer("line"),
      column: try part.integer("column"), instance: part.optionalString("instance") ?? "")
  }
}
