/// Files and YAML.
extension DiagnosticPage {
  static let noManifests = DiagnosticPage(
    "no manifests",
    "No manifest was found where arctl looked, or what was found declares nothing but a Stack. A set that is "
      + "empty by accident must not look like one that is in order, so this is an error.",
    .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Stack
      metadata: {name: greetings}

      """),
    remedy:
      "Run arctl in the folder above `manifests`, or name the files and folders: `arctl plan PATH...`. "
      + "In a folder, files that end in .yaml or .yml are read.")

  static let unreadableFile = DiagnosticPage(
    "unreadable file",
    "A file could not be read or written, or a file given as a saved plan is none. The message holds the "
      + "system's reason. Of a saved plan at most 64 MiB are read.",
    .output("error[AR0101]: cannot read the plan `plan.json`: it is not a saved plan"),
    remedy:
      "Look at the path and its permissions. `arctl plan --out FILE` writes plans. Pipes, sockets and devices are not "
      + "read, standard input neither: write what `<(command)` would say to a file first.")

  static let fileTooLarge = DiagnosticPage(
    "file too large",
    "A manifest file is larger than 1 MiB, the most that arctl reads, so that a wrong path cannot fill the memory.",
    .output("error[AR0102]: the file has 2097153 bytes; at most 1048576 are read"),
    remedy:
      "Split it into several files; their order does not matter. A list of similar documents is "
      + "shorter as one document with `each`.")

  static let notUTF8 = DiagnosticPage(
    "not UTF-8 text",
    "The file holds bytes that are no UTF-8, a NUL, or a control character that YAML forbids.",
    .output(
      """
      error[AR0103]: byte 0xE9 is not valid UTF-8
        --> manifests/repos.yaml:5:24
      """),
    remedy:
      "Save the file as UTF-8. Older editors write Latin-1: `iconv -f latin1 -t utf8` mends that.")

  static let unknownField = DiagnosticPage(
    "unknown field",
    "A document has a field that its kind does not have. Nothing is ever passed over: a misspelt field that "
      + "is silently left out would be a setting that never takes effect.",
    .repository("format: python", "descripton: what the team publishes"),
    remedy:
      "Take the name that the message suggests, or see the kind's fields: `arctl explain Repository`. "
      + "Names are those of Google's REST resources, in camel case.")

  static let yamlSyntax = DiagnosticPage(
    "YAML syntax",
    "The file is no YAML from this place on: a bracket that is never closed, a tab as indentation, text that "
      + "needs quotes. arctl goes on at the next `---`, so that one slip does not hide other errors.",
    .repository("format: python", "description: note: this needs quotes"),
    remedy: "Mend the line that is shown; the message says what YAML wants there.")

  static let yamlDepth = DiagnosticPage(
    "nested too deep",
    "Values are nested more than 32 levels deep, far more than any document needs.",
    .output("error[AR0106]: nested more than 32 levels deep"),
    remedy: "Look for brackets that a template opened and never closed.")

  static let yamlAlias = DiagnosticPage(
    "YAML alias",
    "An alias (`*name`) has no anchor (`&name`) before it in its document, stands inside its own value, or the "
      + "aliases of the document repeat too much. Anchors end with their document.",
    .repository("format: python", "labels: *common"),
    remedy:
      "Write the anchor first, or quote a text that begins with `*`. What several documents share is "
      + "better said once in the Stack's `defaults` or as a variable.")

  static let yamlFeature = DiagnosticPage(
    "YAML feature that manifests do not have",
    "Tags (`!!str`), merge keys (`<<`) and `%` directives are refused: they change what a value is in ways "
      + "that a reader does not see.",
    .repository("format: python", "description: !!str 42"),
    remedy:
      "Remove it. A field's type is known from its kind, so `description: 42` is text already.")

  static let duplicateKey = DiagnosticPage(
    "duplicate key",
    "A map has the same key twice, or a list whose elements have ids has one id twice. YAML readers differ in "
      + "which one they take.",
    .repository("format: python", "format: npm"),
    remedy: "Remove one of the two; both places are shown.")
}
