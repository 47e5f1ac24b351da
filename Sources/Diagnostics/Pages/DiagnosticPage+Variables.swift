/// Variables and repetition.
extension DiagnosticPage {
  static let undefinedVariable = DiagnosticPage(
    "undefined variable",
    "`${name}` names a variable that the Stack does not declare, or one that has no value. Nothing is ever replaced by "
      + "an empty text.",
    .repository("format: python", "description: packages of ${env}"),
    remedy:
      "Declare it under `spec.variables` of the Stack, or give it a value: `--var NAME=VALUE`, `--var-file FILE` or "
      + "`ARCTL_VAR_NAME`. For a literal `${` write `$${`.")

  static let unusedVariable = DiagnosticPage(
    "unused variable",
    "A variable is declared and used nowhere: its name is misspelt where it should be used, or it is left over. A "
      + "variable of `each` that is not used would make the same document several times.",
    .stack(["variables: {env: {default: dev}}"], onlyRepository),
    remedy: "Use `${NAME}` in a value, or remove the declaration.")

  static let variableValue = DiagnosticPage(
    "value of a variable",
    "A variable has a value of another type than it declares, one that its `oneOf` does not list, or none although it is "
      + "required; or a list or map is used inside a text.",
    .stack(
      ["variables: {env: {default: test, oneOf: [dev, prod]}}"],
      onlyRepository.replacing("python", with: "python, description: \"${env}\"")),
    remedy: "Give a value that the declaration takes.")

  static let unquotedVariable = DiagnosticPage(
    "variable without quotes",
    "Inside `{}` or `[]` YAML reads the braces of `${name}` as its own.",
    .stack(
      ["variables: {env: {default: dev}}"],
      onlyRepository.replacing("python", with: "python, description: ${env}")),
    remedy: "Quote the value: `\"${env}\"`.")

  static let badEach = DiagnosticPage(
    "bad `each`",
    "`each` is a map of names to lists; the document is made once for every combination. Its names must differ from the "
      + "Stack's variables, and it makes at most 10,000 instances.",
    .manifest(
      """
      apiVersion: arctl.dev/v1
      kind: Repository
      metadata: {name: "libs-${team}"}
      each: [payments, search]
      spec: {project: my-project-id, location: us-east4, format: python}

      """),
    remedy:
      "Write `each: {team: [payments, search]}`, or name a list variable: `each: {team: \"${teams}\"}`."
  )

  static let expansionTooLarge = DiagnosticPage(
    "expansion too large",
    "With its variables replaced a text has at most 1 MiB. Everything that variables and `each` make of a set has at most "
      + "64 MiB, in which every value counts 32 bytes beside its text, so that a short file cannot fill the memory.",
    .output("error[AR0135]: the text is over 1 MiB with its variables replaced"),
    remedy:
      "Shorten the values of the variables, use them less often, or make fewer instances with `each`."
  )

  /// A document that is in order.
  static let onlyRepository = """
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: libs}
    spec: {format: python}
    """
}
