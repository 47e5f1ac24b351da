import Grammar
import Model

/// Google's names for the resources of one kind, with placeholders:
/// `projects/{project}/locations/{location}/repositories/{repository}`.
///
/// The placeholders are filled from left to right, the first with the address's project and the others with its names.
/// Their words are only for readers, with two exceptions: `{project}` takes the project, and `{email}` turns the id of
/// an account into its e-mail.
package struct PathTemplate: Sendable, Hashable, ExpressibleByStringLiteral {
  private enum Segment: Sendable, Hashable {
    case literal(String)
    case project
    case name
    case email
  }
  private let segments: [Segment]

  /// How many names an address of this kind has.
  let nameCount: Int

  private init(_ segments: [Segment]) {
    self.segments = segments
    nameCount = segments.count { $0 == .name || $0 == .email }
  }

  /// Parses a template.
  package init(stringLiteral text: String) {
    self.init(
      text.split(separator: "/").map { part in
        switch part {
        case "{project}": .project
        case "{email}": .email
        default: part.hasPrefix("{") ? .name : .literal(String(part))
        }
      })
  }

  /// The template of the collection: `projects/{project}/locations/{location}/repositories`.
  var collection: PathTemplate { PathTemplate(segments.dropLast()) }

  /// Whether the last placeholder is an account's e-mail.
  var endsInEmail: Bool { segments.last == .email }

  /// The segments of a resource's name; nil if the number of names does not match.
  func filled(project: String, names: [String]) -> [String]? {
    guard names.count == nameCount else { return nil }
    var rest = names[...]
    return segments.map { segment in
      switch segment {
      case .literal(let text): text
      case .project: project
      case .name: rest.popFirst() ?? ""
      case .email: AccountEmail(id: rest.popFirst() ?? "", project: project).description
      }
    }
  }

  /// Whether a Google name is that of this resource. It may contain the project's number instead of its id.
  func matches(_ parts: some Collection<Substring>, project: String, names: [String]) -> Bool {
    guard let own = filled(project: project, names: names), own.count == parts.count else {
      return false
    }
    return zip(zip(segments, own), parts).allSatisfy { place, part in
      part == place.1 || place.0 == .project && ResourceNames.isNumber(part)
    }
  }

  /// The project and the names in a Google name; nil if it has another form.
  private func values(in text: String) -> (project: String, names: [String])? {
    let given = ResourceNames.parts(of: text)
    guard given.count == segments.count else { return nil }
    var values: [String] = []
    for (segment, part) in zip(segments, given) {
      switch segment {
      case .literal(let literal): guard part == literal else { return nil }
      case .project, .name, .email: values.append(String(part))
      }
    }
    return values.first.map { ($0, Array(values.dropFirst())) }
  }

  /// The target of a reference in a manifest: the last name alone, or all names after the kind, with or without the
  /// project, or Google's full name; nil for any other form.
  func read(_ text: String, kind: KindID, project: String) -> KindReference? {
    if let (project, names) = values(in: text) {
      return .full(Address(project: project, kind, names: names))
    }
    let given = ResourceNames.parts(of: text).map(String.init)
    if given[0] == kind.name, [1, nameCount].contains(given.count - 1) {
      return .short(project: project, names: Array(given[1...]))
    }
    if given.count == nameCount + 2, given[1] == kind.name {
      return .short(project: given[0], names: Array(given[2...]))
    }
    return given.count == 1 && nameCount > 0 ? .short(project: project, names: given) : nil
  }
}

extension Address {
  /// The e-mail of an account; nil for everything else.
  package var accountEmail: String? {
    guard let rest, rest.name?.endsInEmail == true else { return nil }
    return rest.segments(of: self)?.last
  }
}
