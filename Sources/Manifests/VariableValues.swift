import Diagnostics
import JSON
import YAML

/// Gives the declared variables their values: `--var`, then `--var-file`, then `ARCTL_VAR_NAME`, then those of a saved plan,
/// then the default.
struct VariableValues {
  let declarations: [VariableDeclaration]
  let sink: DiagnosticSink

  /// The values from outside the manifests.
  struct Given {
    var flags: [String: String]
    /// Maps from `--var-file`, in order; a later one wins.
    var files: [(name: String, node: YAMLNode)]
    /// The value of each name in these files.
    lazy var fileValues = Dictionary(
      files.flatMap { $0.node.pairs ?? [] }.map { ($0.key, $0.value) }
    ) { _, last in last }
    var environment: [String: String]
    /// Whether names in `flags` that the Stack does not declare are left to the caller.
    var permitsOtherFlags = false
    /// The same for names in `files`.
    var permitsOtherNames = false
    /// What a saved plan was made with.
    var saved: [String: JSONValue] = [:]
  }

  func resolve(_ given: Given) -> Variables {
    var given = given
    let fileValues = given.fileValues
    var variables = Variables()
    var known: Set<String> = []
    for declaration in declarations where known.insert(declaration.name).inserted {
      guard declaration.isSound else {
        variables.broken.insert(declaration.name)
        continue
      }
      if let what = secret(in: declaration, given) {
        variables.broken.insert(declaration.name)
        sink.error(
          .secretInManifest, "\(what) as the value of variable `\(declaration.name)`",
          at: declaration.position, help: "variables are printed; keep secrets out of them")
      } else if let found = value(of: declaration, given, fileValues) {
        if SecretName.promises(declaration.name) { sink.note(secretsIn: found.node) }
        if declaration.check(found.node, at: found.position, from: found.origin, sink) {
          variables.values[declaration.name] = Variables.Value(found.node)
        } else {
          variables.broken.insert(declaration.name)
        }
      } else if let node = declaration.defaultValue {
        variables.values[declaration.name] = Variables.Value(node)
      } else if declaration.isRequired {
        variables.broken.insert(declaration.name)
        sink.error(
          .variableValue, "variable `\(declaration.name)` has no value", at: declaration.position,
          label: "required", help: "give it one: --var \(declaration.name)=\(example(declaration))")
      } else {
        variables.missing[declaration.name] = declaration.position
      }
    }
    reportUndeclared(given, known)
    variables.noteSecrets(sink)
    return variables
  }

  private func example(_ declaration: VariableDeclaration) -> String {
    declaration.oneOf?.first ?? "VALUE"
  }

  private struct Found {
    var node: YAMLNode
    /// Nil for a value from outside the files.
    var position: SourcePosition?
    var origin: String
  }

  /// The kind of secret in a value from outside the files; the files themselves were searched as a whole.
  private func secret(in declaration: VariableDeclaration, _ given: Given) -> String? {
    (given.flags[declaration.name] ?? given.environment["ARCTL_VAR_\(declaration.name)"])
      .flatMap { SecretScan.problem(in: $0) }
      ?? given.saved[declaration.name].flatMap { SavedVariable($0)?.secret }
  }

  private func value(
    of declaration: VariableDeclaration, _ given: Given, _ fileValues: [String: YAMLNode]
  ) -> Found? {
    let name = declaration.name
    if let text = given.flags[name] {
      return outside(text, declaration, origin: "from --var")
    }
    if let node = fileValues[name] {
      return Found(node: node, position: node.position, origin: "")
    }
    if let text = given.environment["ARCTL_VAR_\(name)"] {
      return outside(text, declaration, origin: "from ARCTL_VAR_\(name)")
    }
    if let saved = given.saved[name].flatMap(SavedVariable.init) {
      return Found(
        node: saved.node(at: declaration.position), position: nil, origin: "from the saved plan")
    }
    return nil
  }

  /// A list's elements are separated by commas; a map cannot be given in this form.
  private func outside(_ text: String, _ declaration: VariableDeclaration, origin: String) -> Found
  {
    func node(_ text: String) -> YAMLNode {
      YAMLNode(.scalar(YAMLScalar(text, style: .quoted)), at: declaration.position)
    }
    guard declaration.kind == .list else {
      return Found(node: node(text), position: nil, origin: origin)
    }
    let items = text.split(separator: ",").map { node(String($0)) }
    return Found(
      node: YAMLNode(.sequence(items), at: declaration.position), position: nil, origin: origin)
  }

  private func reportUndeclared(_ given: Given, _ known: Set<String>) {
    let names = Vocabulary(known.sorted())
    for name in given.flags.keys.sorted() where !known.contains(name) {
      if let what = SecretScan.problem(in: name) {
        sink.error(
          .secretInManifest, "--var: \(what) as the name of a variable", at: nil,
          help: "write --var NAME=VALUE, and keep secrets out of both")
        continue
      }
      if given.permitsOtherFlags { continue }
      let near = sink.suggestion(for: name, in: names)
      sink.error(
        .undefinedVariable, "--var \(name): the Stack declares no variable `\(name)`", at: nil,
        help: near)
    }
    for file in given.files where !given.permitsOtherNames {
      for pair in file.node.pairs ?? [] where !known.contains(pair.key) {
        sink.error(
          .undefinedVariable, "the Stack declares no variable `\(pair.key)`", at: pair.keyPosition,
          label: sink.suggestion(for: pair.key, in: names))
      }
    }
  }
}
