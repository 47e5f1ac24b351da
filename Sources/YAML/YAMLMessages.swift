import Diagnostics

/// Why reading stops inside a document.
enum YAMLStop: Error {
  /// libyaml cannot continue.
  case syntax(YAMLProblem)
  /// A limit is exceeded, at a line of the file counted from 0.
  case refused(Diagnostic, line: Int)
}

/// Where reading continues after it stopped; lines count from 0.
enum YAMLRecovery {
  case next(line: Int)
  /// After the braces of an unquoted variable are made readable.
  case again(repairing: SourcePosition, fromLine: Int)
  case end
}

/// The messages for YAML that can be read but is not supported.
enum Message {
  static func tagDirective(_ place: SourcePosition) -> Diagnostic {
    Diagnostic(
      .yamlFeature, "`%TAG` directives are not supported", at: place, help: ["remove the line"])
  }

  static func tag(_ tag: String, _ place: SourcePosition) -> Diagnostic {
    let core = "tag:yaml.org,2002:"
    let written = tag.hasPrefix(core) ? "!!" + tag.dropFirst(core.count) : tag
    return Diagnostic(
      .yamlFeature, "YAML tags are not supported: `\(written)`", at: place,
      help: ["remove the tag; to keep a value as text, quote the value instead"])
  }

  static func mergeKey(_ place: SourcePosition) -> Diagnostic {
    Diagnostic(
      .yamlFeature, "merge keys (`<<`) are not supported", at: place,
      help: ["write the fields out, or use `each` or variables to share them"])
  }

  static func aliasAsKey(_ name: String, _ place: SourcePosition) -> Diagnostic {
    Diagnostic(
      .yamlFeature, "an alias cannot be a key: `*\(name)`", at: place, help: ["write the key out"])
  }

  static func collectionAsKey(_ place: SourcePosition, isFlow: Bool) -> Diagnostic {
    Diagnostic(
      .yamlFeature, "a key must be plain text, not a list or a mapping", at: place,
      help: ["if this is text that begins with `{` or `[`, quote it"])
  }

  static func duplicateKey(
    _ key: String, at place: SourcePosition, first: SourcePosition
  ) -> Diagnostic {
    Diagnostic(
      .duplicateKey, "duplicate key `\(key)`", at: place, label: "given again here",
      related: [Diagnostic.Related(first, "first given here")])
  }

  static func unknownAlias(_ name: String, isOpen: Bool, _ place: SourcePosition) -> Diagnostic {
    if isOpen {
      return Diagnostic(
        .yamlAlias, "the alias `*\(name)` is inside the value that it repeats", at: place)
    }
    return Diagnostic(
      .yamlAlias, "there is no anchor `&\(name)` before this alias in the document", at: place,
      help: ["if this is text that begins with `*`, quote it: \"*\(name)\""])
  }

  static func aliasBudget(_ place: SourcePosition) -> Diagnostic {
    Diagnostic(
      .yamlAlias,
      "the aliases of this document repeat more than \(YAMLTreeBuilder.maximumAliased) values",
      at: place, label: "the limit is passed here")
  }

  static func aliasedText(_ place: SourcePosition) -> Diagnostic {
    Diagnostic(
      .yamlAlias,
      "the aliases of this document repeat more than \(YAMLTreeBuilder.maximumAliasedBytes >> 20) MiB of text",
      at: place, label: "the limit is passed here")
  }

  static func depth(_ place: SourcePosition) -> Diagnostic {
    Diagnostic(
      .yamlDepth, "nested more than \(YAMLTreeBuilder.maximumDepth) levels deep", at: place)
  }
}
