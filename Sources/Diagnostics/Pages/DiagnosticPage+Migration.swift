/// The files of other tools that `arctl migrate` reads.
extension DiagnosticPage {
  static let foreignFile = DiagnosticPage(
    "file of another tool that cannot be read",
    meaning:
      "`arctl migrate` cannot read its input, or it is something else than a state of Terraform or objects of Config "
      + "Connector. Nothing was converted. The message quotes nothing of the file, since a state holds secrets.",
    example: .output(
      """
      error[AR0171]: this is Terraform's configuration; arctl reads the state, which
                     says what exists and what each value is
        = help: run `terraform show -json | arctl migrate terraform -` where
                `terraform plan` works
      """),
    remedy:
      "Type what the help says. `arctl migrate terraform` reads a state file of version 4 and what `terraform show -json` "
      + "prints; `arctl migrate config-connector` reads YAML files.")
}
