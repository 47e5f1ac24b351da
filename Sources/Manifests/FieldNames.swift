import Diagnostics
import Grammar
import Model

/// The names of all fields of the language: which of them hold or suggest secrets, by the schemas and by the names
/// themselves.
struct FieldNames: Sendable {
  /// How much of a field's value may be shown.
  enum Meaning: Sendable {
    /// Nothing of it is shown.
    case secret
    /// A reference to a secret, which is shown if it matches its grammar: any other text may be the secret itself.
    case reference(StringRule)
    /// A known object around credentials; only its known fields are shown.
    case container(Set<String>)
    /// Nothing secret.
    case plain
  }

  /// The meaning of a key by the schemas of all kinds; a key that they do not have is judged by its name.
  func meaning(of key: some StringProtocol, inCredentials: Bool = false) -> Meaning {
    let name = String(key)
    if inCredentials, !credentialNames.contains(name) { return .secret }
    if let known = known[name] { return known }
    return SecretName.promises(name) ? .secret : .plain
  }

  /// Whether a text is a path of fields that the schemas know: `upstreamCredentials.usernamePasswordCredentials`.
  func isPath(_ text: String) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      known[String($0)] != nil
    }
  }

  /// A key as it may be shown: `password hunter2` was meant as a key and its value.
  func shown(_ key: String) -> String {
    guard let end = key.firstIndex(where: { " :=\t".contains($0) }) else { return key }
    let name = key[..<end]
    guard key[end...].contains(where: { !" :=\t".contains($0) }), case .secret = meaning(of: name)
    else { return key }
    return "\(name) \(HiddenText.mark)"
  }

  /// The fields of all kinds that hold secrets, refer to them or only sound like it.
  private let known: [String: Meaning]
  /// The known fields inside of known credentials.
  private let credentialNames: Set<String>
  /// The names of everything that a document can write, at any level.
  let writable: Set<String>

  init(_ kinds: KindSet) {
    let schemas = kinds.documents.map(\.schema.fields)
    var found: [String: Meaning] = [:]
    Self.look(DocumentFields.all, &found)
    for fields in schemas { Self.look(fields, &found) }
    known = found
    credentialNames = found.values.reduce(into: []) {
      if case .container(let names) = $1 { $0.formUnion(names) }
    }
    var names = Set(Document.keys)
    Self.add(DocumentFields.metadata + DocumentFields.lifecycle, &names)
    for fields in schemas { Self.add(fields, &names) }
    writable = names
  }

  private static func look(_ fields: [Field], _ found: inout [String: Meaning]) {
    for field in fields {
      let inner = nested(field.type)
      if field.traits.contains(.secret) {
        found[field.name] = .secret
      } else if field.traits.contains(.secretReference), case .string(let rule) = field.type {
        found[field.name] = .reference(rule)
      } else if SecretName.words.contains(field.name) {
        // `secret` is the name of a secret in one place, and everywhere else it may be followed by the value.
        found[field.name] = .secret
      } else if found[field.name] == nil {
        found[field.name] =
          inner.isEmpty || !SecretName.promises(field.name)
          ? .plain : .container(Set(inner.map(\.name)))
      }
      look(inner, &found)
    }
  }

  private static func add(_ fields: [Field], _ names: inout Set<String>) {
    for field in fields where !field.traits.contains(.outputOnly) {
      names.insert(field.name)
      add(nested(field.type), &names)
    }
  }

  private static func nested(_ type: FieldType) -> [Field] { FieldTable.fields(of: type) ?? [] }
}
