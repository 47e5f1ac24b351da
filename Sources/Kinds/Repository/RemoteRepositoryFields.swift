import Grammar
import Model

/// The fields of `remoteRepositoryConfig`. All except the credentials are fixed at creation.
enum RemoteRepositoryFields {
  static let all = [
    Field("description", .string(), [.immutable], "A description of the upstream."),
    source("dockerRepository", format: "Docker", fields: [publicBase(["DOCKER_HUB"]), custom]),
    source("mavenRepository", format: "Maven", fields: [publicBase(["MAVEN_CENTRAL"]), custom]),
    source("npmRepository", format: "npm", fields: [publicBase(["NPMJS"]), custom]),
    source("pythonRepository", format: "Python", fields: [publicBase(["PYPI"]), custom]),
    source(
      "aptRepository", format: "Apt",
      fields: [publicPath(["DEBIAN", "UBUNTU", "DEBIAN_SNAPSHOT"]), custom]),
    source(
      "yumRepository", format: "Yum",
      fields: [
        publicPath(["CENTOS", "CENTOS_DEBUG", "CENTOS_VAULT", "CENTOS_STREAM", "ROCKY", "EPEL"]),
        custom,
      ]),
    Field(
      "commonRepository",
      .object([
        Field(
          "uri", .string(StringRules.upstream), [.required, .immutable],
          "The upstream's https address, or the full name of another repository of Artifact Registry."
        )
      ]), [.immutable],
      "An upstream of any format, by its address. For formats without a field of their own this is the only way."
    ),
    Field(
      "upstreamCredentials", .object(credentials), "How to sign in to the upstream."),
    Field(
      "noCache", .object([]), [.immutable],
      "An empty object, `{}`: every request goes to the upstream and nothing is kept."),
    Field(
      "disableUpstreamValidation", .boolean, [.inputOnly],
      "Whether Google skips its test request to the upstream. It is sent and never returned."),
  ]

  private static let credentials = [
    Field(
      "usernamePasswordCredentials",
      .object([
        Field("username", .string(), [.ownMask], "The name to sign in with.")
          .with(.needs("passwordSecretVersion")),
        Field(
          "passwordSecretVersion", .string(StringRules.secretVersion),
          [.ownMask, .secretReference],
          "The version in Secret Manager that holds the password: `projects/P/secrets/S/versions/V`."
        ).with(.needs("username")),
      ]), "A name, and a password in Secret Manager.")
  ]

  private static func source(_ name: String, format: String, fields: [Field]) -> Field {
    Field(
      name, .object(fields), [.immutable],
      "The upstream of \(format) repositories: a public one that Google knows, or one by its address."
    )
  }

  /// Docker, Maven, npm and Python: the public registry is one enum value.
  private static func publicBase(_ values: [String]) -> Field {
    Field(
      "publicRepository",
      .enumeration(Enumeration(values, unspecified: "PUBLIC_REPOSITORY_UNSPECIFIED")),
      [.immutable], "A public registry that Google knows."
    ).with(.excludes("customRepository"), .requiredWithout("customRepository"))
  }

  /// Apt and Yum: a public base and a path below it.
  private static func publicPath(_ values: [String]) -> Field {
    Field(
      "publicRepository",
      .object([
        Field(
          "repositoryBase",
          .enumeration(Enumeration(values, unspecified: "REPOSITORY_BASE_UNSPECIFIED")),
          [.required, .immutable], "The public mirror to start from."),
        Field(
          "repositoryPath", .string(), [.immutable],
          "The path below it: `debian/dists/bookworm`, `pub/rocky/9/BaseOS/x86_64/os`."),
      ]), [.immutable], "A public registry that Google knows, and a path in it."
    ).with(.excludes("customRepository"), .requiredWithout("customRepository"))
  }

  private static let custom = Field(
    "customRepository",
    .object([
      Field(
        "uri", .string(StringRules.httpsURI), [.required, .immutable],
        "The upstream's https address.")
    ]), [.immutable], "An upstream by its address.")
}
