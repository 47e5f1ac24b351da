import Grammar
import JSON
import Model

/// Makes the documents of an estate, in order of projects and kinds.
struct EstateDocuments {
  let estate: Estate
  let kinds: KindSet
  let options: EstateWriter.Options
  /// What is not written.
  let parts: Set<ManifestMark>
  private(set) var documents: [PlacedDocument] = []
  private(set) var leftOut: [LeftOut] = []

  private var names: ShortNames
  /// What the forms of the resources are, by address.
  private var forms: [Address: WrittenForm] = [:]
  /// The resources that are entries of another one's document, by that one's address.
  private var entries: [Address: [Address]] = [:]

  init(
    _ estate: Estate, kinds: KindSet, options: EstateWriter.Options, parts: Set<ManifestMark>
  ) {
    self.estate = estate
    self.kinds = kinds
    self.options = options
    self.parts = parts
    names = ShortNames([], kinds: kinds)
  }

  mutating func make() {
    leftOut = estate.leftOut
    readForms()
    for address in Self.ordered(Array(forms.keys)) { addDocument(address) }
    addBindings()
  }

  /// Decides what has a document, so that references to it can be short.
  private mutating func readForms() {
    var declared: Set<Address> = []
    for (address, value) in estate.resources where !parts.contains(.document(address)) {
      guard let resource = address.resource else { continue }
      let form = resource.writtenForm(of: value, at: address)
      switch form {
      case .none(let reason): leftOut.append(LeftOut("\(address)", reason))
      case .document:
        forms[address] = form
        declared.insert(address)
      case .entry: forms[address] = form
      }
    }
    for (address, form) in forms {
      guard case .entry = form, let parent = address.parent else { continue }
      entries[parent, default: []].append(address)
      guard !declared.contains(parent) else { continue }
      leftOut.append(LeftOut("\(address)", "the document that would list it is left out"))
    }
    names = ShortNames(
      declared, kinds: kinds, isPartOfASet: options.stack == nil,
      projectNumbers: estate.projectNumbers)
    if options.writesKeys { readKeys() }
    leftOut.sort { $0.thing < $1.thing }
  }

  /// The keys as documents: no other document refers to them.
  private mutating func readKeys() {
    for (account, keys) in estate.keys {
      guard let kind = kinds.credential(of: account.kind) else { continue }
      for key in keys {
        let address = Address(project: account.project, kind, names: account.names + [key.id])
        guard !parts.contains(.document(address)) else { continue }
        forms[address] = address.resource?.writtenForm(of: .null, at: address)
      }
    }
  }

  /// By project, then by kind: parents before children.
  private static func ordered(_ addresses: [Address]) -> [Address] {
    addresses.sorted { left, right in
      if left.project != right.project { return left.project < right.project }
      if left.kind.rank != right.kind.rank { return left.kind.rank < right.kind.rank }
      return left < right
    }
  }

  private mutating func addDocument(_ address: Address) {
    guard case .document(let fields, let name, let remarks)? = forms[address],
      let kind = address.resource
    else { return }
    let referrer = ShortNames.Referrer(
      project: address.project, location: kind.place.isLocation ? address.names.first : nil)
    let spec = fields.filter { !parts.contains(.field(address, $0.key)) }
    var pairs = FieldWriter(names: names, referrer: referrer)
      .pairs(JSONObject(spec.map { ($0.key, $0.value) }), kind.schema.fields)
      .map { pair in
        var pair = pair
        pair.mark = .field(address, pair.key)
        return pair
      }
    pairs = parentPair(address, kind, referrer) + pairs + entryPairs(address)
    var comments = (estate.notes[address] ?? []) + remarks + keyRemarks(address)
    if kind.schema["iam"] != nil {
      let iam = iamPair(address.policy)
      pairs += [iam].compactMap { $0 }
      if iam == nil { comments += estate.notes[address.policy] ?? [] }
    }
    let document = ManifestDocument(
      kind: kind.name, name: name ?? (kind.place.isRoot ? address.project : address.id),
      comments: comments, spec: pairs, lifecycle: lifecycle(address, kind),
      mark: .document(address), project: address.project)
    documents.append(
      PlacedDocument(
        document: document,
        project: kind.schema["project"] == nil ? nil : address.project,
        location: referrer.location, labels: defaultable(kind, spec, address)))
  }

  /// The labels of a resource to which default labels apply; none where the field was left out, so that no default restores
  /// it. Nil for a kind that takes no default labels.
  private func defaultable(
    _ kind: any ResourceKind, _ spec: [JSONObject.Member], _ address: Address
  ) -> [String: String]? {
    guard kind.takesDefaultLabels else { return nil }
    let isWhole = !parts.contains(.field(address, "labels"))
    let labels = isWhole ? spec.first { $0.key == "labels" }?.value.object : nil
    return (labels ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
  }

  /// The field that names the parent of a child.
  private func parentPair(
    _ address: Address, _ kind: any ResourceKind, _ referrer: ShortNames.Referrer
  ) -> [ManifestPair] {
    guard case .child(_, let field) = kind.place, let parent = address.parent else { return [] }
    let text =
      names.short(parent, in: referrer) ?? parent.resource?.fullName(of: parent) ?? "\(parent)"
    return [ManifestPair(field, .text(text))]
  }

  /// The lists of the resources that are entries of this one's document.
  private func entryPairs(_ address: Address) -> [ManifestPair] {
    var lists: [String: [Address]] = [:]
    for entry in entries[address] ?? [] where !parts.contains(.entry(entry)) {
      guard case .entry(let field)? = forms[entry] else { continue }
      lists[field, default: []].append(entry)
    }
    return lists.sorted { $0.key < $1.key }.map { field, entries in
      ManifestPair(
        field,
        .list(entries.sorted().map { ManifestItem(.text($0.id), mark: .entry($0)) }))
    }
  }

  private func lifecycle(_ address: Address, _ kind: any ResourceKind) -> [ManifestPair] {
    var pairs: [ManifestPair] = []
    let known = estate.lifecycles[address] ?? Lifecycle()
    if known.protect { pairs.append(ManifestPair("protect", .boolean(true))) }
    let name = kind.place.isRoot ? address.project : address.id
    if !known.create || kind.problem(creating: name) != nil && !kind.place.isRoot {
      pairs.append(ManifestPair("create", .boolean(false)))
    }
    return pairs
  }

  // MARK: grants

  /// The grants of a policy, written with its resource; nil if there are none.
  private func iamPair(_ policy: Address) -> ManifestPair? {
    let entries = grants(of: policy).map { index, grant in
      ManifestItem(
        .map(pairs(of: grant, policy, index)), mark: .grant(policy, index))
    }
    guard !entries.isEmpty else { return nil }
    return ManifestPair(
      "iam", .list(entries), comments: estate.notes[policy] ?? [],
      mark: .document(policy.policyResource ?? policy))
  }

  /// The grants that are written, each with its place in the estate.
  private func grants(of policy: Address) -> [(Int, EstateGrant)] {
    (estate.grants[policy] ?? []).enumerated().compactMap { index, grant in
      let isEmpty =
        grant.members.indices.allSatisfy { parts.contains(.member(policy, index, $0)) }
        && grant.exclusivity == .additive
      return parts.contains(.grant(policy, index)) || isEmpty ? nil : (index, grant)
    }
  }

  private func pairs(
    of grant: EstateGrant, _ policy: Address, _ index: Int
  ) -> [ManifestPair] {
    var pairs = [ManifestPair("role", .text(names.role(grant.role, in: policy.project)))]
    let members = grant.members.enumerated().filter {
      !parts.contains(.member(policy, index, $0.offset))
    }.map { offset, member in
      ManifestItem(
        .text(names.member(member, in: policy.project)), mark: .member(policy, index, offset))
    }
    pairs.append(ManifestPair("members", .list(members)))
    if let condition = grant.condition {
      if let until = end(of: condition) {
        return pairs + [ManifestPair("until", .text(until))] + exclusive(grant)
      }
      var texts = [ManifestPair("title", .text(condition.title))]
      if !condition.description.isEmpty {
        texts.append(ManifestPair("description", .text(condition.description)))
      }
      texts.append(ManifestPair("expression", .text(condition.expression)))
      pairs.append(ManifestPair("condition", .map(texts)))
    }
    return pairs + exclusive(grant)
  }

  /// The date of a condition that arctl writes for `until`, if it is to come: a past one plans the removal.
  private func end(of condition: PolicyCondition) -> String? {
    guard condition.isUntil else { return nil }
    let date = String(condition.title.dropFirst("until-".count))
    guard ApiTimestamp.isDayOrInstant(date),
      let instant = Instant(date.utf8.count == 10 ? "\(date)T00:00:00Z" : date),
      instant.seconds > options.now
    else { return nil }
    return date
  }

  private func exclusive(_ grant: EstateGrant) -> [ManifestPair] {
    switch grant.exclusivity {
    case .additive: []
    case .condition: [ManifestPair("exclusive", .boolean(true))]
    case .role: [ManifestPair("exclusive", .word("role"))]
    }
  }

  /// A document for each grant on a resource that has none itself.
  private mutating func addBindings() {
    guard let kind = kinds.documents.first(where: { $0.part == .grants }) else { return }
    var taken: Set<String> = []
    for policy in estate.grants.keys.sorted() {
      guard let resource = policy.policyResource, let owner = resource.resource,
        !names.isDeclared(resource) || owner.schema["iam"] == nil
      else { continue }
      for (index, grant) in grants(of: policy) {
        let spec =
          [ManifestPair("resource", .text(owner.fullName(of: resource)))]
          + pairs(of: grant, policy, index)
        let document = ManifestDocument(
          kind: kind.name, name: Self.name(of: grant, on: resource, &taken),
          comments: index == 0 ? estate.notes[policy] ?? [] : [], spec: spec,
          mark: .grant(policy, index), project: policy.project)
        documents.append(PlacedDocument(document: document, project: policy.project))
      }
    }
  }

  /// A free name: the resource and the role, with a number where another document has it.
  private static func name(
    of grant: EstateGrant, on resource: Address, _ taken: inout Set<String>
  ) -> String {
    let role = grant.role.split(separator: "/").last.map(String.init) ?? grant.role
    let words = "\(resource.id)-\(role.split(separator: ".").last.map(String.init) ?? role)"
    var stem = ""
    for letter in words.lowercased().unicodeScalars {
      let isPlain = ("a"..."z").contains(letter) || ("0"..."9").contains(letter)
      if isPlain { stem.unicodeScalars.append(letter) } else if stem.last != "-" { stem += "-" }
    }
    if stem.first.map({ !("a"..."z").contains($0) }) ?? true { stem = "grant-" + stem }
    stem = String(stem.prefix(55))
    while stem.last == "-" { stem.removeLast() }
    var name = stem
    var number = 1
    while !taken.insert(name).inserted {
      number += 1
      name = "\(stem)-\(number)"
    }
    return name
  }

  // MARK: keys

  /// The user-managed keys of an account, as comments.
  private func keyRemarks(_ address: Address) -> [String] {
    guard !options.writesKeys, let keys = estate.keys[address], !keys.isEmpty else { return [] }
    let head =
      keys.count == 1
      ? "A user-managed key, whose private half cannot be exported:"
      : "\(keys.count) user-managed keys, whose private halves cannot be exported:"
    return [head] + keys.sorted { $0.id < $1.id }.map { "  " + KeyRemark.text($0, options.now) }
  }
}
