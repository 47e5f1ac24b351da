/// Errors in variables and `each`.
extension DiagnosticPage {
  static let undefinedVariable = DiagnosticPage(
    "undefined variable",
    meaning:
      "`${name}` names a variable that the Stack does not declare, or a variable without a value. arctl never inserts an "
      + "empty text instead.",
    example: .repository("format: python", "description: packages of ${env}"),
    remedy:
      "Declare the variable in `spec.variables` of the Stack, or set it with `--var NAME=VALUE`, `--var-file FILE` or "
      + "`ARCTL_VAR_NAME`. For a literal `${` write `$${`.")

  static let unusedVariable = DiagnosticPage(
    "unused variable",
    meaning:
      "A variable is declared, but no value uses it: its name is misspelt in a value, or the declaration is obsolete. An "
      + "unused variable of `each` would create the same document several times.",
    example: .stack(["variables: {env: {default: dev}}"], onlyRepository),
    remedy: "Use `${NAME}` in a value, or remove the declaration.")

  static let variableValue = DiagnosticPage(
    "invalid variable value",
    meaning:
      "A variable's value does not have the declared type or is not in its `oneOf`, a required variable has no value, or a "
      + "list or map is used inside a text.",
    example: .stack(
      ["variables: {env: {default: test, oneOf: [dev, prod]}}"],
      onlyRepository.replacing("python", with: "python, description: \"${env}\"")),
    remedy: "Set a value that the declaration allows.")

  static let unquotedVariable = DiagnosticPage(
    "unquoted variable",
    meaning: "Inside `{}` or `[]`, YAML interprets the braces of `${name}` as a map.",
    example: .stack(
      ["variables: {env: {default: dev}}"],
      onlyRepository.replacing("python", with: "python, description: ${env}")),
    remedy: "Quote the value: `\"${env}\"`.")

  static let badEach = DiagnosticPage(
    "invalid `each`",
    meaning:
      "`each` maps names to lists, and creates the document once for each combination. The names must differ from the "
      + "Stack's variables, and there can be at most 10,000 instances.",
    example: .manifest(
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
    meaning:
      "After variables are replaced, a text can have at most 1 MiB. The whole expanded set can have at most 64 MiB, where each "
      + "value counts its text plus 32 bytes. The limits protect the memory against a short file that expands too much.",
    example: .output("error[AR0135]: the text is over 1 MiB with its variables replaced"),
    remedy:
      "Shorten the values of the variables, use them less often, or create fewer instances with `each`."
  )

  /// A valid document.
  static let onlyRepository = """
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: libs}
    spec: {format: python}
    """
}
