package import Diagnostics
package import Model

/// What became of the files of another tool: an estate, and a row for each thing in them.
package struct Conversion: Sendable {
  /// What manifests are written from.
  package var estate = Estate()
  /// One row for each thing that the other tool manages, in the order of its files.
  package var items: [ConvertedItem] = []
  /// How many things are not Google's, by what they are: a provider, a kind of Kubernetes.
  package var foreign: [String: Int] = [:]
  /// Sentences about the whole input, without a full stop.
  package var remarks: [String] = []

  /// A conversion of nothing.
  package init() {}

  /// How many items have this outcome.
  package func count(_ outcome: ConvertedItem.Outcome) -> Int {
    items.count { $0.outcome == outcome }
  }
  /// Whether something that the other tool manages is not, or not completely, in the manifests.
  package var isPartial: Bool { hasOtherLosses || count(.skipped) + count(.inPart) > 0 }
  /// Whether something is in no manifest that no single item accounts for.
  private var hasOtherLosses = false

  /// Files what the writer of manifests left out with the items that it comes from.
  package mutating func add(losses: [LeftOut]) {
    for loss in losses where loss.weight != .standard {
      var isFiled = false
      for index in items.indices where items[index].skipped == nil {
        isFiled = items[index].take(loss) || isFiled
      }
      guard !isFiled else { continue }
      hasOtherLosses = true
      remarks.append(
        "\(escapedForTerminal(loss.thing)) is in no manifest: \(escapedForTerminal(loss.reason))")
    }
  }
}

/// One thing that another tool manages, and what became of it.
package struct ConvertedItem: Sendable, Hashable {
  /// What became of it; in the order of a report.
  package enum Outcome: String, Sendable, Hashable, CaseIterable {
    case converted
    /// Converted, with something to know.
    case noted
    /// Converted, but something of it is in no manifest.
    case inPart
    case skipped
  }

  /// One remark about the conversion: a sentence without a full stop. Names in it are escaped for a terminal.
  package struct Note: Sendable, Hashable {
    /// The sentence.
    package var text: String
    /// Whether something is in no manifest because of it.
    package var isLoss: Bool
    /// A remark that is not about a loss, by default.
    package init(_ text: String, isLoss: Bool = false) {
      self.text = text
      self.isLoss = isLoss
    }
  }

  /// Where it is managed, for the commands that release it there.
  package var origin: ItemOrigin
  /// Its place in a file; nil where the file has no lines that people read.
  package var position: SourcePosition?
  /// What it became: a resource, or the policy that its grants are in.
  package var address: Address?
  /// Why it was not converted; nil if it was.
  package var skipped: String?
  /// What of the policy comes from it: the policy with a role, and with a role and a member.
  var parts: [String] = []
  /// What else there is to say.
  package var notes: [Note] = []

  /// An item of which nothing is known yet.
  package init(_ origin: ItemOrigin, at position: SourcePosition? = nil) {
    self.origin = origin
    self.position = position
  }

  /// Its name in the other tool: `module.a["k"].google_service_account.ci[0]`; may hold any character.
  package var name: String { origin.name }

  /// What became of it.
  package var outcome: Outcome {
    if skipped != nil { return .skipped }
    if notes.contains(where: \.isLoss) { return .inPart }
    return notes.isEmpty ? .converted : .noted
  }

  /// Adds a remark, once.
  package mutating func note(_ text: String) { add(Note(text)) }

  /// Adds a remark about something that is in no manifest.
  package mutating func lose(_ text: String) { add(Note(text, isLoss: true)) }

  private mutating func add(_ note: Note) {
    if !notes.contains(note) { notes.append(note) }
  }

  /// Notes what is in no manifest, if it comes from this item.
  fileprivate mutating func take(_ loss: LeftOut) -> Bool {
    guard let address else { return false }
    let reason = escapedForTerminal(loss.reason)
    if loss.thing == "\(address)" {
      skipped = reason
    } else if parts.contains(loss.thing)
      || parts.isEmpty && loss.thing.hasPrefix("\(address) ")
    {
      lose("\(escapedForTerminal(loss.thing)) is in no manifest: \(reason)")
    } else {
      return false
    }
    return true
  }
}

/// Where something is managed in the other tool.
package enum ItemOrigin: Sendable, Hashable {
  case terraform(TerraformOrigin)
  case connector(ConnectorOrigin)

  /// The name that users of the tool know.
  var name: String {
    switch self {
    case .terraform(let origin): origin.address
    case .connector(let origin): origin.name
    }
  }
}

/// One instance in a state of Terraform.
package struct TerraformOrigin: Sendable, Hashable {
  /// `module.a["k"].google_service_account.ci[0]`.
  package var address: String
  /// The program that made the state: `terraform` or `tofu`.
  package var program: String
  /// An instance with this address.
  package init(address: String, program: String = "terraform") {
    self.address = address
    self.program = program
  }
}

/// One object of Config Connector.
package struct ConnectorOrigin: Sendable, Hashable {
  /// `IAMServiceAccount`.
  package var kind: String
  /// `iam.cnrm.cloud.google.com`.
  package var group: String
  /// The namespace; empty if the file does not say it.
  package var namespace: String
  /// `metadata.name`.
  package var object: String

  /// An object of this kind and name.
  package init(kind: String, group: String, namespace: String, object: String) {
    self.kind = kind
    self.group = group
    self.namespace = namespace
    self.object = object
  }

  /// `IAMServiceAccount team-a/uploader`.
  var name: String {
    object.isEmpty ? kind : "\(kind) \(namespace.isEmpty ? "" : "\(namespace)/")\(object)"
  }
}

/// Why the files of another tool cannot be read: one message, and what to type instead. Both are safe to print: they
/// quote nothing of the file but names that were checked.
package struct MigrationError: Error, Sendable, Hashable {
  /// One line without a full stop.
  package var message: String
  /// What to do.
  package var help: [String]
  /// An error with help.
  package init(_ message: String, help: [String] = []) {
    self.message = message
    self.help = help
  }
}

extension ConnectorOrigin {
  /// As kubectl names it: `iamserviceaccount.iam.cnrm.cloud.google.com/uploader`. With the group, since other objects may
  /// have the kind, too: `Service`.
  var resource: String { "\(kind.lowercased()).\(group)/\(object)" }
}
