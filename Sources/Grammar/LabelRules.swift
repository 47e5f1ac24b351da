package import JSON
package import Model

/// The rules of one API for labels.
package struct LabelRules: Sendable {
  /// Artifact Registry: keys `[a-z][a-z0-9_-]{0,62}`, values `[a-z0-9_-]{0,63}`, at most 64 (docs/google-apis.md#labels).
  package static let repository = LabelRules(allowsUnderscore: true, valueBeginsWithLetter: false)
  /// Projects: keys `[a-z]([-a-z0-9]*[a-z0-9])?`, values likewise or empty, at most 64 (docs/google-apis.md#labels).
  package static let project = LabelRules(allowsUnderscore: false, valueBeginsWithLetter: true)

  let allowsUnderscore: Bool
  let valueBeginsWithLetter: Bool
  /// The most labels that one resource may have.
  package static let maximum = 64

  /// The problems with labels in wire form; skips null values, which remove a key.
  package func problems(
    in labels: JSONValue?, at path: FieldPath = FieldPath().field("labels")
  ) -> [Problem] {
    guard let labels = labels?.object else { return [] }
    var problems: [Problem] = []
    let written = labels.filter { !$0.value.isNull }
    if written.count > Self.maximum {
      problems.append(
        Problem(path, "\(written.count) labels; there may be at most \(Self.maximum)"))
    }
    for (key, value) in labels {
      if GoogleLabels.contains(key) {
        problems.append(
          Problem(
            path.field(key),
            "`\(key)` is a label that Google writes: its products may change it back",
            isWarning: true, help: "choose a key that does not begin with `goog-`"))
      }
      if let problem = keyProblem(key) {
        problems.append(
          problem.of("label key `\(key)`").at(path.field(key)).helped(help(key, keyProblem)))
      } else if let text = value.string, let problem = valueProblem(text) {
        problems.append(
          problem.of("value `\(text)` of label `\(key)`").at(path.field(key))
            .helped(help(text, valueProblem)))
      }
    }
    return problems
  }

  /// The nearest valid text, as help; nil if there is none.
  private func help(_ text: String, _ problem: (String) -> Problem?) -> String? {
    var mended = String.UnicodeScalarView()
    for scalar in text.lowercased().unicodeScalars {
      let isAllowed =
        isLetter(scalar) || ("0"..."9").contains(scalar) || (allowsUnderscore && scalar == "_")
      if isAllowed {
        mended.append(scalar)
      } else if mended.last.map({ $0 != "-" }) == true {
        mended.append("-")
      }
    }
    while mended.last == "-" { mended.removeLast() }
    let result = String(mended)
    return result.isEmpty || problem(result) != nil ? nil : "write `\(result)`"
  }

  func keyProblem(_ key: String) -> Problem? {
    guard let first = key.unicodeScalars.first else { return "must not be empty" }
    guard isLetter(first) else { return "must begin with a lower-case letter" }
    return characterProblem(key)
  }

  func valueProblem(_ value: String) -> Problem? {
    if let first = value.unicodeScalars.first, valueBeginsWithLetter, !isLetter(first) {
      return "must begin with a lower-case letter"
    }
    return characterProblem(value)
  }

  private func characterProblem(_ text: String) -> Problem? {
    let scalars = text.unicodeScalars
    guard scalars.count <= 63 else {
      return "must have at most 63 characters; this has \(scalars.count)"
    }
    let allowed = { (scalar: Unicode.Scalar) in
      isLetter(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
        || (allowsUnderscore && scalar == "_")
    }
    guard scalars.allSatisfy(allowed) else {
      return "may contain lower-case letters, digits, \(allowsUnderscore ? "`_` and " : "")`-` only"
    }
    if !allowsUnderscore && scalars.last == "-" { return "must not end with a hyphen" }
    return nil
  }

  /// Artifact Registry is assumed to accept letters of other scripts that have no upper case (docs/google-apis.md#labels).
  private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return ("a"..."z").contains(scalar) }
    return allowsUnderscore && scalar.properties.isAlphabetic && !scalar.properties.isUppercase
  }
}
