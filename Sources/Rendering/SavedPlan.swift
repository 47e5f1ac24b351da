import Diagnostics
import JSON
package import Model

/// A plan read back from a file that `--out` wrote: usable for printing and for its id only.
///
/// It contains no operations, so an edited file cannot make arctl do anything.
package struct SavedPlan: Sendable {
  /// The plan as it was saved, but without operations.
  package let plan: Plan
  /// The time of the plan, in RFC 3339 format.
  package let createdAt: String
  /// Whether the file is as `--out` wrote it: saving its plan again gives the same file, including the digest.
  /// A user who edits a file can compute its digest too, so an apply also compares the file with a new plan.
  package let isIntact: Bool

  /// The largest file that is read or written, in bytes: a row of a plan takes about 1 kB.
  package static let maximumBytes = 64 << 20

  /// Reads a saved plan of format version 2. Throws an error of one line.
  package init(parsing bytes: [UInt8]) throws(SavedPlanError) {
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes, maximumBytes: Self.maximumBytes) } catch {
      throw SavedPlanError("it is not JSON: \(error)")
    }
    guard value["formatVersion"]?.integer == PlanJSON.formatVersion else {
      throw SavedPlanError("it is not a saved plan of format version \(PlanJSON.formatVersion)")
    }
    guard value["id"] != nil else { throw SavedPlanError("`id` is missing or of the wrong type") }
    guard let created = value["createdAt"]?.string else {
      throw SavedPlanError("it was not made by `--out`: it has no `createdAt`")
    }
    createdAt = created
    do { plan = try Self.plan(JSONReader(value)) } catch {
      throw SavedPlanError("`\(error.path)` is missing or of the wrong type")
    }
    isIntact = PlanJSON.saved(plan, createdAt: created) == value
  }

  private static func plan(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Plan {
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
      undeclared: try reader.strings("undeclared").compactMap(Address.init(parsing:)),
      ignored: try reader.strings("ignored").compactMap(Address.init(parsing:)),
      notChecked: try reader.strings("notChecked"),
      diagnostics: try reader.array("diagnostics").mapTyped(diagnostic), operations: [],
      declaredCount: try reader.integer("declaredCount"),
      selectedCount: try reader.integer("selectedCount"),
      fileCount: try reader.integer("fileCount")
    )
    if reader.value["leftOut"] != nil {
      plan.leftOut = try reader.strings("leftOut").compactMap(Address.init(parsing:))
    }
    return plan
  }

  private static func pattern(_ reader: JSONReader) throws(JSONReader.Mismatch) -> GrantPattern {
    GrantPattern(
      policies: AddressGlob(try reader.string("address")), role: reader.optionalString("role"),
      member: reader.optionalString("member"), condition: reader.optionalString("condition"))
  }

  private static func allowances(
    _ reader: JSONReader
  ) throws(JSONReader.Mismatch) -> PlanPermissions {
    func globs(_ name: String) throws(JSONReader.Mismatch) -> [AddressGlob] {
      reader.value[name] == nil ? [] : try reader.strings(name).map(AddressGlob.init)
    }
    func number(_ name: String) throws(JSONReader.Mismatch) -> Int? {
      reader.value[name] == nil ? nil : try reader.integer(name)
    }
    var allowances = PlanPermissions()
    for flag in Hazard.Flag.allCases {
      let found = try globs(flag.rawValue)
      if !found.isEmpty { allowances.allowed[flag] = found }
    }
    allowances.reissue = try globs("reissue")
    allowances.maximumDeletes = try number("max-deletes")
    allowances.maximumRemovals = try number("max-removals")
    return allowances
  }

  private static func change(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Change {
    guard let address = Address(parsing: try reader.string("address")) else {
      throw reader.mismatch("address")
    }
    var change = Change(
      address: address, action: try reader.choice("action"), source: try position(reader, "source"))
    change.intended =
      reader.value["intended"] == nil ? change.action : try reader.choice("intended")
    change.what = try what(reader, address)
    change.reason = reader.optionalString("reason").map(Statement.init(quoting:))
    change.waitsFor = reader.optionalString("waitsFor").flatMap(Address.init(parsing:))
    change.note = reader.optionalString("note")
    let warnings = try reader.optionalArray("warnings").isEmpty ? [] : reader.strings("warnings")
    change.remarks = warnings.map(Statement.init(quoting:))
    change.hazards = try reader.optionalArray("hazards").mapTyped(hazard)
    change.refusals = try reader.optionalArray("refusals").mapTyped(refusal)
    for index in change.refusals.indices {
      let statement = change.refusals[index].statement
      change.refusals[index].hazard = change.hazards.first { $0.statement == statement }
    }
    change.digest = reader.optionalString("digest")
    return change
  }

  private static func what(
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
    return .resource(resource)
  }

  private static func field(_ reader: JSONReader) throws(JSONReader.Mismatch) -> FieldChange {
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

  private static func binding(_ reader: JSONReader) throws(JSONReader.Mismatch) -> BindingChange {
    var binding = BindingChange(role: try reader.string("role"), condition: try condition(reader))
    binding.added = try reader.strings("added")
    binding.removed = try reader.array("removed")
      .mapTyped { (part: JSONReader) throws(JSONReader.Mismatch) in
        BindingChange.Removal(try part.string("member"), try part.choice("cause"))
      }
    binding.undeclared = try reader.strings("undeclared")
    binding.alsoHeld = try reader.optionalArray("alsoHeld")
      .mapTyped { (part: JSONReader) throws(JSONReader.Mismatch) in
        BindingChange.AlsoHeld(member: try part.string("member"), condition: try condition(part))
      }
    binding.leftOut =
      try reader.optionalArray("leftOut").isEmpty ? [] : reader.strings("leftOut")
    binding.ended = try reader.optionalArray("ended").mapTyped(place)
    return binding
  }

  private static func condition(
    _ reader: JSONReader
  ) throws(JSONReader.Mismatch) -> PolicyCondition? {
    guard reader.value["condition"]?.object != nil else { return nil }
    let part = try reader.at("condition")
    return PolicyCondition(
      title: try part.string("title"), description: try part.string("description"),
      expression: try part.string("expression"))
  }

  private static func hazard(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Hazard {
    Hazard(try reader.choice("flag"), Statement(quoting: try reader.string("message")))
  }

  private static func order(_ reader: JSONReader) throws(JSONReader.Mismatch) -> KeyOrder {
    guard
      let order = KeyOrder(
        name: try reader.string("order"),
        keyIDs: reader.value["ids"] == nil ? [] : try reader.strings("ids"))
    else { throw reader.mismatch("order") }
    return order
  }

  private static func refusal(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Refusal {
    Refusal(
      try reader.choice("code"), Statement(quoting: try reader.string("message")),
      remedy: reader.optionalString("remedy"))
  }

  private static func diagnostic(_ reader: JSONReader) throws(JSONReader.Mismatch) -> Diagnostic {
    Diagnostic(
      try reader.choice("code"), try reader.choice("severity"), try reader.string("message"),
      at: try position(reader, "source"), help: try reader.strings("help"))
  }

  private static func position(
    _ reader: JSONReader, _ key: String
  ) throws(JSONReader.Mismatch) -> SourcePosition? {
    guard reader.value[key]?.object != nil else { return nil }
    return try place(reader.at(key))
  }

  private static func place(_ part: JSONReader) throws(JSONReader.Mismatch) -> SourcePosition {
    SourcePosition(
      file: try part.string("file"), line: try part.integer("line"),
      column: try part.integer("column"), instance: part.optionalString("instance") ?? "")
  }
}

/// Why a file is not a saved plan.
package struct SavedPlanError: Error, Sendable, Hashable {
  /// In one line: `it is not JSON: ...`.
  package let message: String
  init(_ message: String) { self.message = message }
}
