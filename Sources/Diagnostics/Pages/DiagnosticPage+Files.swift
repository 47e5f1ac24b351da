/// Files and YAML.
extension DiagnosticPage {
  static let noManifests = DiagnosticPage(
    "no manifests",
    meaning:
      "arctl found no manifests, or the manifests declare nothing but a Stack. This is an error, because a set that is "
      + "empty by accident must not look like a valid one.",
    example: .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: greetings}

      """),
    remedy:
      "Run arctl in the folder that contains `manifests`, or name files and folders: `arctl plan PATH...`. "
      + "In a folder, arctl reads files that end in .yaml or .yml.")

  static let unreadableFile = DiagnosticPage(
    "unreadable file",
    meaning:
      "arctl cannot read or write a file, or a file is not a saved plan. The message contains the system's reason. "
      + "A saved plan can have at most 64 MiB.",
    example: .output("error[AR0101]: cannot read the plan `plan.json`: it is not a saved plan"),
    remedy:
      "Check the path and its permissions. `arctl plan --out FILE` saves plans. arctl reads no pipes, sockets or devices, "
      + "and not standard input: instead of `<(command)`, write the output of the command to a file first."
  )

  static let fileTooLarge = DiagnosticPage(
    "file too large",
    meaning:
      "A manifest file is larger than 1 MiB. The limit protects the memory if a path is wrong.",
    example: .output("error[AR0102]: the file has 2097153 bytes; at most 1048576 are read"),
    remedy:
      "Split it into several files; their order does not matter. A list of similar documents is "
      + "shorter as one document with `each`.")

  static let notUTF8 = DiagnosticPage(
    "not UTF-8 text",
    meaning:
      "The file contains bytes that are not UTF-8, a NUL, or a control character that YAML forbids.",
    example: .output(
      """
      error[AR0103]: byte 0xE9 is not valid UTF-8
        --> manifests/repos.yaml:5:24
      """),
    remedy:
      "Save the file as UTF-8. Older editors write Latin-1: `iconv -f latin1 -t utf8` converts it.")

  static let unknownField = DiagnosticPage(
    "unknown field",
    meaning:
      "A document has a field that its kind does not have. arctl ignores no field, because a misspelt field would be a "
      + "setting that never takes effect.",
    example: .repository("format: python", "descripton: what the team publishes"),
    remedy:
      "Use the name that the message suggests, or see the fields of the kind: `arctl explain Repository`. "
      + "The names are those of Google's REST resources, in camel case.")

  static let yamlSyntax = DiagnosticPage(
    "YAML syntax",
    meaning:
      "The file is not valid YAML at this place: for example an unclosed bracket, a tab as indentation, or text that "
      + "needs quotes. arctl continues at the next `---`, so that one mistake does not hide other errors.",
    example: .repository("format: python", "description: note: this needs quotes"),
    remedy: "Correct the line that is shown; the message says what YAML expects there.")

  static let yamlDepth = DiagnosticPage(
    "nested too deep",
    meaning: "Values are nested more than 32 levels deep. No document needs that.",
    example: .output("error[AR0106]: nested more than 32 levels deep"),
    remedy: "Look for brackets that a template opened and never closed.")

  static let yamlAlias = DiagnosticPage(
    "YAML alias",
    meaning:
      "An alias (`*name`) has no anchor (`&name`) before it in its document, is part of its own value, or the aliases "
      + "of the document expand to too much text. An anchor is valid only inside its document.",
    example: .repository("format: python", "labels: *common"),
    remedy:
      "Write the anchor before the alias, or quote a text that begins with `*`. For values that several documents "
      + "share, use the Stack's `defaults` or a variable.")

  static let yamlFeature = DiagnosticPage(
    "unsupported YAML feature",
    meaning:
      "Tags (`!!str`), merge keys (`<<`) and `%` directives are not allowed in manifests: they change values in ways "
      + "that a reader does not see.",
    example: .repository("format: python", "description: !!str 42"),
    remedy:
      "Remove it. The kind defines the type of each field: `description: 42` is text without a tag."
  )

  static let duplicateKey = DiagnosticPage(
    "duplicate key",
    meaning:
      "A map contains the same key twice, or a list of elements with ids contains the same id twice. YAML parsers differ "
      + "in which one they use.",
    example: .repository("format: python", "format: npm"),
    remedy: "Remove one of the two; the message shows both places.")
}
