import CommandLine

/// The commands about single keys: `arctl keys revoke` and `arctl keys pin`.
extension CommandTable {
  static let keyCommands = [keysRevoke, keysPin]

  static let keysRevoke = CommandSpec(
    "keys revoke", summary: "disable or delete a key at once",
    discussion: """
      For a key that leaked: one request, whatever the age of the key, and whoever made it. With the e-mail of the account \
      it needs no manifests. It asks for approval. Access tokens that were issued before stay valid for up to an hour.

      A key that a document declares stays declared: the next plan says what to do.
      """,
    options: Flags.group(
      "Revocation",
      [
        Option("delete", help: "delete the key instead of disabling it", environment: .none),
        Option("auto-approve", help: "revoke without asking", environment: .none),
        KeyFlags.output,
      ]) + KeyFlags.manifests + cloud + Flags.output,
    operands: Operands(
      "ACCOUNT/KEYID", count: 1...1,
      help:
        "the account (an e-mail, the name of a declared one, or its address) and the id of the key; or Google's name of "
        + "the key"),
    exitCodes: codes([
      .success, .unexpected, .invalid, .access, .declined, .usage, .interrupted, .hungUp,
      .terminated,
    ]).map {
      switch $0.left {
      case "1": .init("1", "unexpected error, or there is no such key")
      case "3": .init("3", "invalid manifests, or they declare no such account")
      default: $0
      }
    },
    examples: [
      .init(
        "arctl keys revoke ci@my-project-id.iam.gserviceaccount.com/9f3c0e5b7a1d44c2b8e6f0a1d2c3b4a596877869",
        "a key from a leaked file: its members client_email and private_key_id"),
      .init(
        "arctl keys revoke --delete uploader/9f3c0e5b7a1d44c2b8e6f0a1d2c3b4a596877869",
        "a key of a declared account, for good"),
    ])

  static let keysPin = CommandSpec(
    "keys pin", summary: "print the fingerprint of a declared key's public half",
    discussion: """
      Prints the line that pins the live key of a ServiceAccountKey document: with `fingerprint` in its `spec`, arctl takes \
      no other key for it, whatever name its certificate has. Writes nothing. Where the key's file is on this machine, it \
      decides; otherwise the name in the certificate does, which proves nothing, and a note says so.
      """,
    options: Flags.group("Answer", [KeyFlags.output]) + KeyFlags.manifests + cloudWithKeys
      + Flags.output,
    operands: Operands(
      "ADDRESS", count: 1...1, help: "the address of a declared key, or its name"),
    exitCodes: codes([
      .success, .unexpected, .invalid, .access, .keys, .usage, .interrupted, .hungUp, .terminated,
    ]).map {
      $0.left == "1" ? .init("1", "unexpected error, or the key is not live") : $0
    },
    examples: [
      .init("arctl keys pin my-project-id/serviceAccountKey/uploader/uploader-key", "one key")
    ])

  /// Options about servers, for a command that looks at key files.
  private static let cloudWithKeys = Flags.cloud.filter { $0.name != "write-parallelism" }
}
