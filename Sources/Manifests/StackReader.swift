package import Diagnostics
import Grammar
package import JSON
package import Model
import YAML

/// The values that documents of the set may leave out.
package struct Defaults {
  /// `--project`, else the Stack's; nil if neither is given.
  package var project: String?
  /// `--location`, else the Stack's; nil if neither is given.
  package var location: String?
  /// Labels of every repository, in wire form.
  package var labels = JSONObject()
  /// Where each default label is, by its key.
  package var labelPositions: [String: SourcePosition] = [:]
  /// Where `location` was written; nil if the command line gives it.
  package var locationPosition: SourcePosition?
  /// Whether a missing project or location was really not written. If false, its error was reported already, and
  /// documents that lack it are not.
  package var isComplete = true
}

/// The Stack of a set: its settings, the defaults and the variables.
package struct StackReader {
  /// The settings of the Stack besides defaults and variables.
  package private(set) var settings = StackSettings()
  /// The values that documents may leave out.
  package private(set) var defaults = Defaults()
  private(set) var declarations: [VariableDeclaration] = []
  /// The names of the declared variables.
  package var variableNames: Set<String> { Set(declarations.map(\.name)) }
  private(set) var variables = Variables()
  /// The variables that the Stack itself uses.
  private(set) var used: Set<String> = []
  /// The Stack as decoded, without its variables.
  private(set) var manifest: Manifest?
  /// Whether a document of the kind Stack exists, valid or not.
  package private(set) var isDeclared = false

  private let sink: DiagnosticSink
  /// Whether the Stack is valid: then a missing field was not written.
  private var isSound = false

  init(_ sink: DiagnosticSink) { self.sink = sink }

  /// Reads the Stack among the documents and gives the variables their values; reports problems.
  mutating func read(_ documents: [Document], _ given: VariableValues.Given) {
    // A document that could not be read may have been the Stack.
    let mayBeLost = sink.hasLostDocuments
    let stacks = documents.filter { $0.kind.part == .settings }
    isDeclared = !stacks.isEmpty
    if let first = stacks.first {
      for other in stacks.dropFirst() {
        sink.error(
          .severalStacks, "a second Stack", at: other.position, label: "a set has at most one",
          related: [.init(first.position, "the first one")],
          help: "put its settings into the first one, and remove it")
      }
      if let each = first.each {
        sink.error(.badEach, "a Stack has no `each`", at: each.position, help: "remove it")
      }
      declare(first)
    }
    variables = VariableValues(declarations: declarations, sink: sink).resolve(given)
    if let first = stacks.first { read(first) }
    defaults.isComplete = stacks.isEmpty ? !mayBeLost : stacks.count == 1 && isSound
    settings.variables = variables.effective
  }

  private mutating func declare(_ document: Document) {
    guard let node = document.spec?["variables"], !node.isNull else { return }
    guard let pairs = node.pairs else {
      sink.error(
        .wrongType, "`variables` is \(node.shape), not a map", at: node.position,
        help: "write variables: {NAME: {default: ...}}")
      return
    }
    declarations = pairs.map { VariableDeclaration($0, sink) }
  }

  private mutating func read(_ document: Document) {
    let start = sink.checkpoint
    var substitution = Substitution(variables, sink)
    let rest = document.spec.map { spec -> YAMLNode in
      guard let pairs = spec.pairs else { return spec }
      return YAMLNode(.mapping(pairs.filter { $0.key != "variables" }), at: spec.position)
    }
    let metadata = substitution.apply(to: document.metadata)
    let spec = rest.map { substitution.apply(to: $0) }
    manifest = ManifestDecoder(sink: sink).decode(
      kind: document.kind, metadata: metadata, spec: spec, lifecycle: document.lifecycle,
      at: document.position, since: start)
    used = substitution.used
    guard let manifest else { return }
    readScope(of: manifest)
    isSound = sink.isSound(since: start)
    settings.name = manifest.name
    settings.source = manifest.source
    readDefaults(manifest)
    readSettings(manifest.spec)
    let formerNames = manifest.spec["formerly"]?.array ?? []
    settings.formerNames = formerNames.enumerated().compactMap { index, name in
      name.string.map { SourcedText($0, manifest.position(of: "formerly[\(index)]")) }
    }
    let members = manifest.spec["revoked"]?.array ?? []
    settings.revoked = members.enumerated().compactMap { index, member in
      member.string.map { SourcedText($0, manifest.position(of: "revoked[\(index)]")) }
    }
  }

  private mutating func readDefaults(_ manifest: Manifest) {
    guard let object = manifest.spec["defaults"]?.object else { return }
    defaults.project = object["project"]?.string
    defaults.location = object["location"]?.string
    defaults.locationPosition = manifest.positions["defaults.location"]
    let labels = object["labels"]?.object ?? [:]
    // More labels are an error; every repository would repeat it.
    guard labels.count <= LabelRules.maximum else { return }
    for (key, value) in labels where !value.isNull {
      defaults.labels[key] = value
      defaults.labelPositions[key] = manifest.position(of: "defaults.labels.\(key)")
    }
  }

  private mutating func readSettings(_ spec: JSONObject) {
    func globs(_ value: JSONValue?) -> [AddressGlob] {
      (value?.array ?? []).compactMap { $0.string.map { AddressGlob($0) } }
    }
    settings.protected = globs(spec["protect"])
    let limits = spec["limits"]
    settings.maximumDeletes = limits?["maxDeletes"]?.integer.map { Int($0) }
    settings.maximumDeletePercent = limits?["maxDeletePercent"]?.integer.map { Int($0) }
    settings.maximumRemovals = limits?["maxRemovals"]?.integer.map { Int($0) }
    let scope = spec["scope"]
    if let text = scope?["undeclared"]?.string,
      let value = StackSettings.Scope.Undeclared(rawValue: text)
    {
      settings.scope.undeclared = value
    }
    settings.scope.ignored = globs(scope?["ignore"])
    settings.scope.ignoredMembers = globs(scope?["ignoreMembers"]).map {
      AddressGlob(PolicyMember.normalized($0.pattern))
    }
  }

  /// How a run treats undeclared resources of single kinds; only for kinds that arctl can list and delete.
  private mutating func readScope(of manifest: Manifest) {
    let listed = sink.kinds.resources.filter(\.canBeListed).map(\.id)
    for (name, value) in manifest.spec["scope"]?["kinds"]?.object ?? [:] {
      let place = manifest.position(
        of: FieldPath().field("scope").field("kinds").appending(.element(name)))
      guard let kind = sink.kinds[name], listed.contains(kind) else {
        sink.error(
          .badValue, "`\(name)` is not a kind that `scope.kinds` accepts", at: place,
          help: "one of " + listed.map { "`\($0)`" }.joined(separator: ", "))
        continue
      }
      settings.scope.kinds[kind] = value.string.flatMap(
        StackSettings.Scope.Undeclared.init(rawValue:))
      settings.scope.positions[kind] = place
    }
  }

  /// `--project` and `--location` win over the Stack's defaults.
  mutating func override(project: String?, location: String?) {
    if let project {
      if let problem = NameRules.projectID(project) {
        sink.report(problem.of("--project: `\(project)`"), at: nil)
      }
      defaults.project = project
    }
    if let location {
      if let problem = NameRules.location(location) {
        sink.report(problem.of("--location: `\(location)`"), at: nil)
      }
      defaults.location = location
      defaults.locationPosition = nil
    }
    settings.defaultLocation = defaults.location
  }

  /// `authoritative` applies only if the whole set was loaded: the whole folder of the Stack.
  mutating func confine(to folders: [String]) {
    guard let source = settings.source,
      settings.scope.kinds.values.contains(.authoritative)
    else { return }
    let folder = source.file.split(separator: "/").dropLast().joined(separator: "/")
    let root = source.file.hasPrefix("/") ? "/" + folder : folder
    guard !folders.contains(where: { Self.holds($0, root) }) else { return }
    settings.scope.kinds = settings.scope.kinds.mapValues { $0 == .authoritative ? .report : $0 }
    sink.warning(
      .lint, "`authoritative` has no effect: only a part of the set was read",
      at: manifest?.position(of: "scope.kinds") ?? source,
      help: "give the folder `\(root.isEmpty ? "." : root)` to apply it")
  }

  /// Whether a folder is another one, or above it. A relative and an absolute path are never taken for the same place.
  static func holds(_ folder: String, _ other: String) -> Bool {
    steps(other).starts(with: steps(folder))
  }

  /// The steps from the root, or from the current folder, to a folder; `..` only at the start, and marked so that nothing
  /// outside of the current folder counts as within it.
  private static func steps(_ path: String) -> [String] {
    var steps = path.hasPrefix("/") ? ["/"] : ["."]
    for part in path.split(separator: "/").map(String.init) where part != "." {
      if part == "..", let last = steps.last, last != "/", last != ".", last != ".." {
        steps.removeLast()
      } else if part == ".." {
        if steps == ["."] { steps = [".."] } else { steps.append(part) }
      } else {
        steps.append(part)
      }
    }
    return steps
  }
}
